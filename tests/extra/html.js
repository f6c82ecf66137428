// Opens a file in a headless browser over its debugging protocol and tells, as JSON, what
// it is like: usage: html.js BROWSER PROFILE FILE. The browser has no network.
'use strict';
const {spawn} = require('child_process');
const fs = require('fs');
const WebSocket = require('ws');

const [browser, profile, file] = process.argv.slice(2);
const address = 'file://' + file;
const child = spawn(browser, ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0',
	'--user-data-dir=' + profile, '--no-first-run', '--no-default-browser-check', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--disable-default-apps',
	'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--no-proxy-server', 'about:blank'], {stdio: 'ignore'});
const quit = code => { child.kill('SIGKILL'); process.exit(code); };
setTimeout(() => { console.error('html.js: no answer'); quit(1); }, 60000).unref();
const later = ms => new Promise(done => setTimeout(done, ms));

async function port() {
	for (;;) {
		try {
			return fs.readFileSync(profile + '/DevToolsActivePort', 'utf8').split('\n')[0];
		} catch (e) {
			await later(20);
		}
	}
}

async function main() {
	const base = 'http://127.0.0.1:' + await port();
	const page = (await (await fetch(base + '/json/list')).json()).find(p => p.type === 'page');
	const socket = new WebSocket(page.webSocketDebuggerUrl);
	const waiting = new Map(), requests = [], complaints = [];
	let number = 0, loaded;
	const load = new Promise(done => { loaded = done; });

	await new Promise(done => socket.on('open', done));
	socket.on('message', text => {
		const m = JSON.parse(text);
		if (m.id)
			waiting.get(m.id)(m.result);
		else if (m.method === 'Network.requestWillBeSent')
			requests.push(m.params.request.url);
		else if (m.method === 'Log.entryAdded')
			complaints.push(m.params.entry.text);
		else if (m.method === 'Runtime.exceptionThrown' || m.method === 'Page.javascriptDialogOpening')
			complaints.push(m.method);
		else if (m.method === 'Page.loadEventFired')
			loaded();
	});
	const ask = (method, params = {}) => new Promise(done => {
		waiting.set(++number, done);
		socket.send(JSON.stringify({id: number, method, params}));
	});
	const value = async expression => (await ask('Runtime.evaluate', {expression, returnByValue: true})).result.value;
	const width = w => ask('Emulation.setDeviceMetricsOverride', {width: w, height: 900, deviceScaleFactor: 1, mobile: false});
	const scheme = v => ask('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: v}]});
	const colours = `(s => s.backgroundColor + ' ' + s.color)(getComputedStyle(document.body))`;
	const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

	for (const domain of ['Page', 'Network', 'Log', 'Runtime'])
		await ask(domain + '.enable');
	await width(1240);
	await ask('Page.navigate', {url: address});
	await load;
	const out = {
		requests: requests.filter(url => url !== address), complaints,
		title: await value('document.title'), heading: await value('document.querySelector("h1").textContent'),
		scripts: await value('document.scripts.length + document.images.length + document.links.length'),
		charts: await value('[...document.querySelectorAll("svg")].filter(s => s.getBoundingClientRect().height > 100).length'),
		lines: await value('[...document.querySelectorAll("path.line")].filter(p => p.getTotalLength() > 50).length'),
		bars: await value('document.querySelectorAll("rect.bar").length'),
		// Nothing is drawn beside its chart.
		outside: await value(`[...document.querySelectorAll("svg")].reduce((n, s) => {
			const b = s.getBoundingClientRect();
			return n + [...s.querySelectorAll("text, path, rect, circle, line")].filter(t => {
				const r = t.getBoundingClientRect();
				return r.left < b.left - 4 || r.right > b.right + 4 || r.top < b.top - 4 || r.bottom > b.bottom + 4;
			}).length;
		}, 0)`),
		phases: await value('document.querySelectorAll("rect.phase").length'),
		dots: await value('document.querySelectorAll("circle").length'),
		marks: await value('document.querySelectorAll("g.mark").length'),
		sections: await value('Object.fromEntries([...document.querySelectorAll("section > h2")].map(h => [h.textContent, h.parentNode.innerText]))'),
		rows: await value('document.querySelectorAll("tbody tr").length'),
		hover: await value(`(svg => {
			svg.scrollIntoView({block: "center"});
			const r = svg.getBoundingClientRect();
			return document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2).querySelector("title").textContent;
		})(document.querySelector("svg"))`),
		overflow: await value(overflow),
	};
	await scheme('light');
	out.light = await value(colours);
	await scheme('dark');
	out.dark = await value(colours);
	await width(390);
	out.overflow_narrow = await value(overflow);
	await ask('Page.printToPDF').then(pdf => { out.printed = pdf.data.length > 10000; });
	console.log(JSON.stringify(out));
	quit(0);
}
main().catch(e => { console.error(e); quit(1); });
