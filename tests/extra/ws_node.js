// A WebSocket server made of the library `ws`: what it does is in the path; the
// first message must be what openai-chat asks. usage: ws_node.js PORT
"use strict";
const { WebSocketServer } = require("ws");
const words = ["Queues ", "grow ", "when ", "work ", "comes ", "faster."];
const event = (delta) => JSON.stringify({ choices: [{ index: 0, delta }] });
const usage = JSON.stringify({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 9 } });

function pong(ws) {
	return new Promise((resolve) => {
		ws.once("pong", resolve);
		ws.ping("still there?");
	});
}

async function answer(ws, how) {
	ws.send(event({ role: "assistant", content: "" }));
	for (const word of words) {
		const text = event({ content: word });
		if (how === "fragments") {
			ws.send(text.slice(0, 7), { fin: false });
			ws.ping(); // between the fragments of a message
			ws.send("", { fin: false });
			ws.send(text.slice(7), { fin: true });
		} else {
			ws.send(text, { binary: how === "bytes" });
		}
		if (how === "pings") await pong(ws);
	}
	ws.send(usage);
	ws.send("[DONE]");
}

new WebSocketServer({ port: Number(process.argv[2]), host: "127.0.0.1", perMessageDeflate: true }).on(
	"connection",
	(ws, request) => {
		const [path, code] = request.url.slice(1).split("/");
		ws.on("message", async (data, binary) => {
			if (path === "echo") {
				ws.send(data, { binary });
				return ws.close(1000);
			}
			const asked = JSON.parse(data);
			if (binary || asked.model !== "m" || asked.messages.at(-1).role !== "user" || !asked.stream)
				return ws.close(1008, "that is not openai-chat");
			if (path === "close" || path === "gone") {
				ws.send(event({ content: words[0] }));
				return path === "gone" ? ws.terminate() : ws.close(Number(code), "because");
			}
			if (path === "error") return ws.send(JSON.stringify({ error: { message: "out of memory" } }));
			await answer(ws, path);
			if (path === "done-close") ws.close(Number(code));
		});
	},
);
