import type { EnvHttpProxyAgent, RequestInit as ProxiedInit } from 'undici';

const HUB = 'https://huggingface.co';

/**
 * `fetch` of one address, redirects not followed, by what the environment says: through the proxy of `HTTPS_PROXY` or
 * `HTTP_PROXY` but for the hosts of `NO_PROXY` (in capitals or not), and to the Hugging Face Hub with its `HF_TOKEN`, so that
 * weights behind a licence come too.
 */
export function webFetch(
  address: string,
  init: RequestInit,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), ...hubToken(address, environment) };
  const asked = { ...init, headers, redirect: 'manual' } as const;
  return hasProxy(environment) ? fetchByProxy(address, asked) : fetch(address, asked);
}

/** The token as a header, for the Hub alone: no mirror and no host that the Hub leads to may learn it. */
export function hubToken(address: string, { HF_TOKEN }: NodeJS.ProcessEnv): Record<string, string> {
  return HF_TOKEN && new URL(address).origin === HUB ? { authorization: `Bearer ${HF_TOKEN.trim()}` } : {};
}

function hasProxy(environment: NodeJS.ProcessEnv): boolean {
  return ['HTTPS_PROXY', 'HTTP_PROXY'].some((name) => environment[name] || environment[name.toLowerCase()]);
}

let agent: EnvHttpProxyAgent | undefined;

/** Node's own `fetch` learns of proxies in Node 24 only. */
async function fetchByProxy(address: string, init: RequestInit): Promise<Response> {
  const undici = require('undici') as typeof import('undici');
  agent ??= new undici.EnvHttpProxyAgent();
  const proxied = { ...(init as ProxiedInit), dispatcher: agent };
  return (await undici.fetch(address, proxied)) as unknown as Response;
}
