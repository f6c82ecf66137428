"""A WebSocket server made of the library `websockets`: what it does is in the
path; the first message must be what openai-chat asks. usage: ws_python.py PORT"""
import asyncio
import json
import sys

from websockets.asyncio.server import serve

WORDS = ["Queues ", "grow ", "when ", "work ", "comes ", "faster."]


def event(delta):
    return json.dumps({"choices": [{"index": 0, "delta": delta}]})


USAGE = json.dumps({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 9}})


async def answer(ws, how):
    await ws.send(event({"role": "assistant", "content": ""}))
    for word in WORDS:
        text = event({"content": word})
        if how == "fragments":
            # An iterable goes out as one message, a frame a piece.
            await ws.send([text[:7], text[7:20], "", text[20:]])
        elif how == "bytes":
            await ws.send(text.encode())
        else:
            await ws.send(text)
        if how == "pings":
            await (await ws.ping(b"still there?"))  # waits for the pong
    await ws.send(USAGE)
    await ws.send("[DONE]")


async def talk(ws):
    path, _, code = ws.request.path.strip("/").partition("/")
    async for message in ws:
        if path == "echo":
            await ws.send(message)
            await ws.close(1000)
            return
        asked = json.loads(message)
        if asked["model"] != "m" or asked["messages"][-1]["role"] != "user" or not asked["stream"]:
            await ws.close(1008, "that is not openai-chat")
            return
        if path == "close":
            await ws.send(event({"content": WORDS[0]}))
            await ws.close(int(code), "because")
            return
        if path == "gone":
            await ws.send(event({"content": WORDS[0]}))
            ws.transport.abort()
            return
        if path == "error":
            await ws.send(json.dumps({"error": {"message": "out of memory"}}))
            continue
        await answer(ws, path)
        if path == "done-close":
            await ws.close(int(code))
            return


async def main():
    async with serve(talk, "127.0.0.1", int(sys.argv[1])):
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
