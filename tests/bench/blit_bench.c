/* CPU of one term_show() on a pseudo terminal that is read at once, by share of
 * changed cells: by curses at 120x40 and 200x60, by our own frames in 24-bit colours
 * at 200x60; and of one clear and redraw of the canvas. One line a figure: name,
 * value, unit. */
#include <locale.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "ui/canvas.h"
#include "ui/term.h"

enum { FRAMES = 400 };

static const struct kind {
	const char *name;
	int width, height;
	const char *colorterm; /* truecolor: our own frames, else curses' */
} kinds[] = {
	{"blit_120x40", 120, 40, ""},
	{"blit_200x60", 200, 60, ""},
	{"blit_sgr_200x60", 200, 60, "truecolor"},
};

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
		view_put(canvas_view(canvas), (int)(next() % (uint32_t)canvas->width),
			 (int)(next() % (uint32_t)canvas->height),
			 0x2800 + next() % 256,
			 (struct pen){.role = roles[next() % 5], .level = (uint8_t)(next() % 101)});
}

static double show_ms(struct canvas *canvas, int cells)
{
	int64_t used = 0;

	for (int i = 0; i < FRAMES; i++) {
		change(canvas, cells);
		int64_t start = clock_thread_cpu_ns();
		term_show(canvas);
		/* What the terminal did not take at once goes out here; a frame that it is
		 * not ready for would not be drawn and cost nothing. */
		for (int k = 0; k < 4; k++)
			term_key(1, -1);
		used += clock_thread_cpu_ns() - start;
	}
	return (double)used / FRAMES / 1e6;
}

static int show(int report, const struct kind *kind)
{
	static const int percent[] = {0, 1, 10, 100};
	struct canvas canvas;
	struct err err;

	setenv("TERM", "xterm-256color", 1);
	setenv("COLORTERM", kind->colorterm, 1);
	if (term_open(COLOR_AUTO, &err) != 0) {
		dprintf(report, "blit: %s\n", err.text);
		return 1;
	}
	canvas_init(&canvas, kind->width, kind->height);
	for (size_t i = 0; i < sizeof percent / sizeof *percent; i++)
		dprintf(report, "%s_%d_percent %.3f ms\n", kind->name, percent[i],
			show_ms(&canvas, kind->width * kind->height * percent[i] / 100));
	term_close();
	canvas_fini(&canvas);
	return 0;
}

static void redraw(int width, int height)
{
	struct canvas canvas;

	canvas_init(&canvas, width, height);
	int64_t start = clock_thread_cpu_ns();
	for (int i = 0; i < FRAMES; i++) {
		canvas_clear(&canvas);
		for (int y = 0; y < height; y++)
			for (int x = 0; x < width; x++)
				view_put(canvas_view(&canvas), x, y, 0x2801, PEN(ROLE_RATE));
	}
	printf("canvas_%dx%d_redraw %.3f ms\n", width, height,
	       (double)(clock_thread_cpu_ns() - start) / FRAMES / 1e6);
	canvas_fini(&canvas);
}

static int on_a_terminal(const struct kind *kind)
{
	struct winsize size = {.ws_col = (unsigned short)kind->width, .ws_row = (unsigned short)kind->height};
	char sink[65536];
	int master, report = dup(STDOUT_FILENO), status = 1;
	pid_t pid = forkpty(&master, NULL, NULL, &size);

	if (pid < 0)
		return 1;
	if (pid == 0)
		_exit(show(report, kind));
	while (read(master, sink, sizeof sink) > 0)
		;
	waitpid(pid, &status, 0);
	close(master);
	close(report);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(void)
{
	int code = 0;

	setlocale(LC_ALL, "C.UTF-8");
	unsetenv("NO_COLOR");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		code |= on_a_terminal(&kinds[i]);
	redraw(120, 40);
	return code;
}
