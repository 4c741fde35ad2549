import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server treats one request; what is not said is done well. */
export interface Treatment {
  status?: number;
  headers?: Record<string, string>;
  body?: Buffer;
  /** Ends the connection after so many bytes of the body. */
  cutAfter?: number;
  /** Sends so many bytes of the body and then nothing, without ending. */
  stallAfter?: number;
  /** Knows nothing of parts. */
  ignoresRange?: boolean;
  etag?: string | null;
  /** Does not say how long the body is. */
  isChunked?: boolean;
}

/** A server of one file on the loopback, whose treatments of requests come one after the other. */
export interface FileServer {
  url: string;
  requests: IncomingMessage[];
  /** For the next requests, in order; those after them are treated well. */
  next(...treatments: Treatment[]): void;
  close(): void;
}

export async function serveFile(content: Buffer): Promise<FileServer> {
  const requests: IncomingMessage[] = [];
  let queue: Treatment[] = [];
  const server: Server = createServer((request, response) => {
    requests.push(request);
    answer(request, response, content, queue.shift() ?? {});
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    next: (...treatments) => {
      requests.length = 0;
      queue = treatments;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, content: Buffer, how: Treatment): void {
  const { body = content, etag = '"one"', status = 200 } = how;
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const isSame = request.headers['if-range'] === etag;
  const start = from && isSame && !how.ignoresRange && status === 200 ? Number(from) : 0;
  const part = status === 200 ? body.subarray(start) : Buffer.from(`status ${status}`);
  const range = start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {};
  const tag = etag === null ? {} : { etag };
  response.writeHead(start > 0 ? 206 : status, {
    ...(how.isChunked ? {} : { 'content-length': String(part.length) }),
    ...tag,
    ...range,
    ...how.headers,
  });
  const end = how.cutAfter ?? how.stallAfter;
  if (end === undefined) response.end(part);
  else response.write(part.subarray(0, end), () => how.cutAfter !== undefined && response.destroy());
}
