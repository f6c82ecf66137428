// HTTP as node speaks it; what it does is in the path. usage: http_server.js PORT
"use strict";
require("http")
	.createServer((request, response) => {
		const chunks = [];
		request.on("data", (c) => chunks.push(c));
		request.on("end", () => {
			const body = Buffer.concat(chunks);
			switch (request.url) {
			case "/chunked":
				response.write("one ");
				response.write("two ");
				return setTimeout(() => response.end("three"), 5);
			case "/echo":
				response.setHeader("Content-Type", request.headers["content-type"] || "text/plain");
				return response.end(body);
			case "/close":
				response.setHeader("Connection", "close");
				return response.end("bye");
			case "/short":
				response.writeHead(200, { "Content-Length": 100 });
				response.write("only this");
				return setTimeout(() => request.socket.destroy(), 5);
			case "/reset":
				return request.socket.destroy();
			case "/early":
				response.writeEarlyHints({ link: "</a.css>; rel=preload; as=style" });
				return response.end("after a 103");
			case "/trailer":
				response.writeHead(200, { Trailer: "X-End" });
				response.write("body");
				response.addTrailers({ "X-End": "yes" });
				return response.end();
			case "/404":
				response.statusCode = 404;
				return response.end('{"detail": "no such thing"}');
			case "/302":
				response.writeHead(302, { Location: "/echo" });
				return response.end();
			default:
				return response.end("ok");
			}
		});
	})
	.listen(Number(process.argv[2]), "127.0.0.1");
