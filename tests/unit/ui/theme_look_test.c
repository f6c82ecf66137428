/* The shipped themes: can everybody read them, and tell apart what must be? */
#include "ui/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DARK 0x0f1519u  /* grounds of terminals, where a theme leaves it to them */
#define LIGHT 0xffffffu

static const struct {
	const char *name;
	uint32_t ground;
	double text; /* contrast that text must have; the rest half of it, at least 1.5 */
} shipped[] = {
	{"default", DARK, 4.5},  {"light", LIGHT, 4.5}, {"high-contrast", 0x000000, 7},
	{"okabe-ito", DARK, 4.5},
};
#define SHIPPED (sizeof shipped / sizeof *shipped)

struct linear {
	double r, g, b;
};

static double linear_of(uint32_t eighth)
{
	double s = eighth / 255.0;

	return s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
}

static struct linear linear(uint32_t rgb)
{
	return (struct linear){linear_of(rgb >> 16 & 255), linear_of(rgb >> 8 & 255), linear_of(rgb & 255)};
}

/* WCAG 2.1: (L1 + 0.05) / (L2 + 0.05) of the relative luminances. */
static double contrast(uint32_t a, uint32_t b)
{
	struct linear x = linear(a), y = linear(b);
	double la = 0.2126 * x.r + 0.7152 * x.g + 0.0722 * x.b;
	double lb = 0.2126 * y.r + 0.7152 * y.g + 0.0722 * y.b;

	return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

/* Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB; the first is the eye
 * that sees all. */
static const struct {
	const char *name;
	double m[9];
} eyes[] = {
	{"all colours", {1, 0, 0, 0, 1, 0, 0, 0, 1}},
	{"protanopia", {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998}},
	{"deuteranopia", {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881}},
	{"tritanopia", {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900}},
};
#define EYES (sizeof eyes / sizeof *eyes)

static double f(double t)
{
	return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* CIE 1976 L*a*b*, D65. */
static void lab(struct linear c, double out[3])
{
	double x = f((0.4124 * c.r + 0.3576 * c.g + 0.1805 * c.b) / 0.95047);
	double y = f(0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b);
	double z = f((0.0193 * c.r + 0.1192 * c.g + 0.9505 * c.b) / 1.08883);

	out[0] = 116 * y - 16;
	out[1] = 500 * (x - y);
	out[2] = 200 * (y - z);
}

static struct linear seen(uint32_t rgb, const double m[9])
{
	struct linear c = linear(rgb);

	return (struct linear){
		fmin(1, fmax(0, m[0] * c.r + m[1] * c.g + m[2] * c.b)),
		fmin(1, fmax(0, m[3] * c.r + m[4] * c.g + m[5] * c.b)),
		fmin(1, fmax(0, m[6] * c.r + m[7] * c.g + m[8] * c.b)),
	};
}

/* How far two colours are apart for that eye; 2.3 is just noticeable. */
static double distance(uint32_t a, uint32_t b, const double m[9])
{
	double x[3], y[3];

	lab(seen(a, m), x);
	lab(seen(b, m), y);
	return sqrt((x[0] - y[0]) * (x[0] - y[0]) + (x[1] - y[1]) * (x[1] - y[1]) + (x[2] - y[2]) * (x[2] - y[2]));
}

static struct theme load(const char *name)
{
	struct theme theme;
	struct err err = {""};
	char path[64];

	snprintf(path, sizeof path, "themes/%s.theme", name);
	if (theme_load(path, &theme, &err))
		fail_msg("%s", err.text);
	return theme;
}

static void everything_can_be_read(void **state)
{
	static const enum role text[] = {ROLE_TEXT, ROLE_TITLE, ROLE_ACCENT, ROLE_DIM, ROLE_OK, ROLE_WARN, ROLE_BAD,
					 ROLE_P50, ROLE_P95, ROLE_P99, ROLE_TICK, ROLE_GHOST};

	(void)state;
	for (size_t i = 0; i < SHIPPED; i++) {
		struct theme theme = load(shipped[i].name);
		uint32_t ground = theme.background == THEME_NONE ? shipped[i].ground : theme.background;
		double worst;

		for (size_t r = 0; r < sizeof text / sizeof *text; r++) {
			worst = contrast(theme.color[text[r]][0], ground);
			if (worst < shipped[i].text)
				fail_msg("%s: %s is %.2f to 1 on its ground, wanted %.1f", shipped[i].name,
					 role_info(text[r])->key, worst, shipped[i].text);
		}
		worst = contrast(theme.color[ROLE_SELECTED][0], theme.selected_bg == THEME_NONE ? ground : theme.selected_bg);
		if (worst < shipped[i].text)
			fail_msg("%s: the cursor's row is %.2f to 1", shipped[i].name, worst);
		/* Bars and lines are larger; the beginning of a heatmap may be faint. */
		for (int role = ROLE_RATE; role <= ROLE_BAR; role++)
			for (int level = 0; level < THEME_STEPS; level++) {
				worst = contrast(theme.color[role][level], ground);
				if (worst < (role == ROLE_RATE && level < 50 ? 1.5 : 3))
					fail_msg("%s: %s at %d is %.2f to 1", shipped[i].name, role_info((enum role)role)->key,
						 level, worst);
			}
	}
}

static void what_must_be_told_apart_can_be(void **state)
{
	static const enum role pair[][2] = {
		{ROLE_OK, ROLE_BAD}, {ROLE_WARN, ROLE_BAD}, {ROLE_P50, ROLE_P95}, {ROLE_P50, ROLE_P99},
		{ROLE_P95, ROLE_P99}, {ROLE_TEXT, ROLE_BAD},
	};

	(void)state;
	for (size_t i = 0; i < SHIPPED; i++) {
		struct theme theme = load(shipped[i].name);

		for (size_t p = 0; p < sizeof pair / sizeof *pair; p++)
			for (size_t e = 0; e < EYES; e++) {
				double apart = distance(theme.color[pair[p][0]][0], theme.color[pair[p][1]][0], eyes[e].m);

				if (apart < 10)
					fail_msg("%s, %s: %s and %s are %.1f apart", shipped[i].name, eyes[e].name,
						 role_info(pair[p][0])->key, role_info(pair[p][1])->key, apart);
			}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_can_be_read),
		cmocka_unit_test(what_must_be_told_apart_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
