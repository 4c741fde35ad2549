"""Drives the TypeScript kernel for test/notebooks/kernel.ts: a JSON object a line in, one a line out.

{"run": code, "interrupt": seconds or null, "limit": seconds} runs a cell, interrupts it every so many seconds
(one that comes while the cell is still being compiled is lost), and answers {"outputs": [{"type", "content"}], "status", "seconds"}; {"restart": true} answers {}. It ends with its input.
"""

import json
import queue
import sys
import time

from jupyter_client.manager import start_new_kernel

SETTLING = 0.3  # tslab drops what arrives within 0.2 s of an error


def run(manager, client, code, interrupt, limit):
    begun = time.monotonic()
    next_interrupt = interrupt
    request = client.execute(code)
    outputs = []
    while True:
        passed = time.monotonic() - begun
        if passed > limit:
            return {"outputs": outputs, "status": "unfinished", "seconds": passed}
        if interrupt is not None and passed > next_interrupt:
            manager.interrupt_kernel()
            next_interrupt += interrupt
        try:
            message = client.get_iopub_msg(timeout=0.05)
        except queue.Empty:
            continue
        kind, content = message["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != request:
            continue
        if kind == "status" and content["execution_state"] == "idle":
            break
        if kind not in ("status", "execute_input"):
            outputs.append({"type": kind, "content": content})
    seconds = time.monotonic() - begun
    status = reply(client, request)
    if status != "ok":
        time.sleep(SETTLING)
    return {"outputs": outputs, "status": status, "seconds": seconds}


def reply(client, request):
    while True:
        message = client.get_shell_msg(timeout=10)
        if message["parent_header"].get("msg_id") == request:
            return message["content"]["status"]


def main(folder):
    manager, client = start_new_kernel(kernel_name="tslab", cwd=folder, startup_timeout=60)
    try:
        for line in sys.stdin:
            order = json.loads(line)
            if "restart" in order:
                manager.restart_kernel(now=True)
                client.wait_for_ready(timeout=60)
                answer = {}
            else:
                answer = run(manager, client, order["run"], order.get("interrupt"), order["limit"])
            print(json.dumps(answer), flush=True)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


main(sys.argv[1])
