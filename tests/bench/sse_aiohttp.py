"""The same streams read by asyncio and aiohttp, each event parsed as JSON.
usage: sse_aiohttp.py PORT STREAMS; prints how many events there were."""
import asyncio
import json
import sys
import time

import aiohttp


async def read(session, port, stamps):
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    async with session.post(url, data=b"{}") as answer:
        async for line in answer.content:
            if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
                continue
            event = json.loads(line[6:])
            if event["choices"][0]["delta"].get("content"):
                stamps.append(time.monotonic_ns())


async def main(port, streams):
    stamps = [[] for _ in range(streams)]
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        await asyncio.gather(*(read(session, port, s) for s in stamps))
    print(sum(len(s) for s in stamps))


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
