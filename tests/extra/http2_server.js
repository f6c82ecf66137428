// HTTP/2 without TLS as node speaks it; what it does is in the path. usage: http2_server.js PORT
"use strict";
const http2 = require("http2");

const server = http2.createServer();
server.on("stream", (stream, headers) => {
	const path = headers[":path"].slice(1);
	const body = [];
	stream.on("error", () => {});
	stream.on("data", (bytes) => body.push(bytes));
	stream.on("end", () => {
		if (path === "reset")
			return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
		if (path === "amid") {
			stream.respond({":status": 200});
			stream.write("some");
			return setTimeout(() => stream.destroy(new Error("cut")), 20);
		}
		if (path === "trailer") {
			stream.respond({":status": 200}, {waitForTrailers: true});
			stream.on("wantTrailers", () => stream.sendTrailers({"x-end": "1"}));
			return stream.end("words");
		}
		if (path === "events") {
			stream.respond({":status": 200, "content-type": "text/event-stream"});
			stream.write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
			setTimeout(() => {
				stream.write('data: {"choices":[{"delta":{"content":"b"}}]}\n\n');
				stream.end("data: [DONE]\n\n");
			}, 5);
			return undefined;
		}
		if (path === "away")
			stream.session.goaway();
		stream.respond({":status": path === "404" ? 404 : 200});
		return stream.end(path === "404" ? "no such thing" : path === "echo" ? Buffer.concat(body) : "ok");
	});
});
server.listen(Number(process.argv[2]), "127.0.0.1");
