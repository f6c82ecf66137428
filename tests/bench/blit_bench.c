/* CPU of one term_show() at 120x40 on a pseudo terminal that is read at once,
 * by share of changed cells; and of one clear and redraw of the canvas. One
 * line a figure: name, value, unit. */
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "ui/canvas.h"
#include "ui/term.h"

enum { WIDTH = 120, HEIGHT = 40, FRAMES = 400 };

static uint32_t seed = 42;

static uint32_t next(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 8;
}

/* The worst mix: braille in changing colours at scattered places. */
static void change(struct canvas *canvas, int cells)
{
	static const enum role roles[] = {ROLE_RATE, ROLE_BAR, ROLE_HEAT, ROLE_TEXT, ROLE_P99};

	for (int i = 0; i < cells; i++)
		view_put(canvas_view(canvas), (int)(next() % WIDTH), (int)(next() % HEIGHT),
			 0x2800 + next() % 256,
			 (struct pen){.role = roles[next() % 5], .level = (uint8_t)(next() % 101)});
}

static double show_ms(struct canvas *canvas, int cells)
{
	int64_t used = 0;

	for (int i = 0; i < FRAMES; i++) {
		struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

		change(canvas, cells);
		poll(&out, 1, -1);
		int64_t start = clock_thread_cpu_ns();
		term_show(canvas);
		used += clock_thread_cpu_ns() - start;
	}
	return (double)used / FRAMES / 1e6;
}

static int child(int report)
{
	static const int percent[] = {0, 1, 10, 100};
	struct canvas canvas;
	struct err err;

	setenv("TERM", "xterm-256color", 1);
	if (term_open(COLOR_256, &err) != 0) {
		dprintf(report, "blit: %s\n", err.text);
		return 1;
	}
	canvas_init(&canvas, WIDTH, HEIGHT);
	for (size_t i = 0; i < sizeof percent / sizeof *percent; i++)
		dprintf(report, "blit_120x40_%d_percent %.3f ms\n", percent[i],
			show_ms(&canvas, WIDTH * HEIGHT * percent[i] / 100));
	term_close();
	int64_t start = clock_thread_cpu_ns();
	for (int i = 0; i < FRAMES; i++) {
		canvas_clear(&canvas);
		for (int y = 0; y < HEIGHT; y++)
			for (int x = 0; x < WIDTH; x++)
				view_put(canvas_view(&canvas), x, y, 0x2801, PEN(ROLE_RATE));
	}
	dprintf(report, "canvas_120x40_redraw %.3f ms\n",
		(double)(clock_thread_cpu_ns() - start) / FRAMES / 1e6);
	canvas_fini(&canvas);
	return 0;
}

int main(void)
{
	struct winsize size = {.ws_col = WIDTH, .ws_row = HEIGHT};
	char sink[65536];
	int master, report = dup(STDOUT_FILENO), status = 1;
	pid_t pid;

	setlocale(LC_ALL, "C.UTF-8");
	unsetenv("NO_COLOR");
	pid = forkpty(&master, NULL, NULL, &size);
	if (pid < 0)
		return 1;
	if (pid == 0)
		_exit(child(report));
	while (read(master, sink, sizeof sink) > 0)
		;
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
