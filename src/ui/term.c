#include "ui/term.h"

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/clock.h"
#include "ui/jobs.h"
#include "ui/keys.h"
#include "ui/look.h"
#include "ui/rescue.h"
#include "ui/sequence.h"
#include "ui/sgr.h"
#include "ui/tty_out.h"

/* Nobody has a larger terminal; a broken one may say so. */
#define MAX_CELLS 1000
/* Polls that promised input and reads that gave none, in a row: the line is dead. */
#define MAX_EMPTY_READS 10
/* How often a process in the background looks whether it is in front again:
 * `fg` after `bg` sends no signal. */
#define AWAY_POLL_MS 200
/* How long the end of the program waits for a terminal that is not read. */
#define LEAVE_MS 1000
/* What comes later does not belong to a sequence that has begun: somebody typed. */
#define SEQUENCE_NS (500 * NS_PER_MS)
/* Three gradients of 101 steps, and the plain roles. */
#define MAX_PAIRS 330
/* Presses and the wheel, with places as numbers. Not movements: so selecting text with
 * Shift, which is the terminal's, stays as it is. */
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

static const int watched[] = {SIGWINCH, SIGTSTP, SIGCONT};
enum { WINCH, TSTP, CONT, WATCHED };

static struct {
	bool open;
	bool taken;    /* curses has the screen */
	bool away;     /* suspended or in the background: the terminal is not ours */
	bool gone;     /* it hung up: never touch it again */
	bool owed;     /* a frame, or a part, waits for the terminal to take output */
	bool unsettled; /* closed, but the terminal has not taken the text that says so */
	bool rewrite;  /* the next show writes all cells */
	bool repaint;  /* … and clears the screen first */
	bool resized;  /* a resize the caller has not been told */
	SCREEN *screen;
	WINDOW *keys;  /* a pad: reading from it never refreshes the screen */
	struct termios saved;
	char back[256]; /* what brings the normal screen back */
	size_t back_bytes;
	int width, height, empty_reads;
	struct canvas shown;

	bool direct;   /* frames are ours (ui/sgr.h) and not curses' */
	bool cleared;  /* direct: curses has done its part since it took the screen */
	struct sgr sgr;
	struct buf frame;
	struct canvas waiting; /* direct, owed: the newest picture */

	int colors;    /* LOOK_… */
	bool own_default; /* the terminal has default colours: -1 is allowed */
	bool wants_mouse;
	bool has_mouse;    /* this kind of terminal has one, and it is wanted */
	bool asks_mouse;   /* behind the next frame it is asked for */
	struct mouse mouse; /* what it did last */
	struct sequence sequence; /* that has begun */
	int64_t sequence_ns;      /* when the last of it came */
	struct theme theme; /* no name: none was set yet */
	int pairs;     /* pair n + 1 is pair[n] */
	struct { int fg, bg; } pair[MAX_PAIRS];
	int pair_no[ROLE_COUNT][THEME_STEPS];
	attr_t attr[ROLE_COUNT];

	int signal_fd; /* readable after a watched signal */
	struct sigaction before[WATCHED];
} term = {.signal_fd = -1};

static volatile sig_atomic_t caught[WATCHED];

static void on_signal(int number)
{
	const int saved_errno = errno;
	const uint64_t one = 1;

	for (int i = 0; i < WATCHED; i++)
		if (watched[i] == number)
			caught[i] = 1;
	/* Full is as good as written. */
	ssize_t ignored = write(term.signal_fd, &one, sizeof one);
	(void)ignored;
	errno = saved_errno;
}

/* Before newterm(): curses takes WINCH and TSTP only where they are default. */
static void watch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	term.signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigemptyset(&action.sa_mask);
	for (int i = 0; i < WATCHED; i++) {
		caught[i] = 0;
		sigaction(watched[i], NULL, &term.before[i]);
		/* No job control here: stays so. */
		if (i != TSTP || term.before[i].sa_handler != SIG_IGN)
			sigaction(watched[i], &action, NULL);
	}
}

static void unwatch_signals(void)
{
	for (int i = 0; i < WATCHED; i++)
		sigaction(watched[i], &term.before[i], NULL);
	close(term.signal_fd);
	term.signal_fd = -1;
}

static bool writable(int timeout_ms)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

	if (poll(&out, 1, timeout_ms) != 1)
		return false;
	if (out.revents & (POLLHUP | POLLERR | POLLNVAL))
		term.gone = true;
	return !term.gone && (out.revents & POLLOUT);
}

/* All that was shown is on its way, and more would be taken. */
static bool drained(int timeout_ms)
{
	const int left = tty_out_drain(timeout_ms);

	if (left < 0)
		term.gone = true;
	return left == 0 && writable(timeout_ms);
}

/* --- size and restore text ------------------------------------------------- */

/* Adds a capability without its padding ("$<5>"). */
static size_t add_text(char *out, size_t used, size_t room, const char *text)
{
	/* tigetstr(): NULL absent, -1 not a string. */
	if (!text || text == (const char *)-1)
		return used;
	for (; *text && used < room; text++) {
		const char *close = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;

		if (close)
			text = close;
		else
			out[used++] = *text;
	}
	return used;
}

static size_t add_cap(char *out, size_t used, size_t room, const char *name)
{
	return add_text(out, used, room, tigetstr((NCURSES_CONST char *)name));
}

/* Built while all is well: a crash handler can only write it. */
static void build_rescue_text(void)
{
	const size_t room = sizeof term.back;
	char *leave = tigetstr((NCURSES_CONST char *)"rmcup");
	char *cup = tigetstr((NCURSES_CONST char *)"cup");
	size_t used = 0;

	if (term.has_mouse)
		used = add_text(term.back, used, room, MOUSE_OFF);
	used = add_cap(term.back, used, room, "sgr0");
	if (!leave || leave == (char *)-1) {
		/* One screen only: leave the picture above the prompt. */
		used = add_text(term.back, used, room,
				tiparm(cup, term.height > 0 ? term.height - 1 : 0, 0));
		used = add_cap(term.back, used, room, "el");
	}
	used = add_text(term.back, used, room, leave);
	used = add_cap(term.back, used, room, "cnorm");
	used = add_cap(term.back, used, room, "rmkx");
	used = add_text(term.back, used, room, "\r");
	term.back_bytes = used;
	rescue_text(term.back, used);
}

static int clamp(int value)
{
	return value < 1 ? 1 : value > MAX_CELLS ? MAX_CELLS : value;
}

/* The terminal's real size into curses; without one (a serial line) what curses
 * found. */
static void sync_size(void)
{
	struct winsize size = {0};
	int width, height;

	getmaxyx(stdscr, height, width);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
		width = clamp(size.ws_col);
		height = clamp(size.ws_row);
		if (!is_term_resized(height, width) || resize_term(height, width) != OK)
			getmaxyx(stdscr, height, width);
	}
	term.width = width;
	term.height = height;
	term.rewrite = term.repaint = true;
	build_rescue_text();
}

/* --- mouse --------------------------------------------------------------------- */

/* Whether what we ask with is this terminal's language. */
static bool knows_mouse(void)
{
	const char *mouse = tigetstr((NCURSES_CONST char *)"kmous");

	return mouse && mouse != (const char *)-1 && !strncmp(mouse, "\033[", 2);
}

void term_use_mouse(bool on)
{
	term.wants_mouse = on;
}

bool term_has_mouse(void)
{
	return term.open && term.has_mouse;
}

struct mouse term_mouse(void)
{
	return term.mouse;
}

/* --- colours ----------------------------------------------------------------- */

/* Whether the terminal says that it takes 24-bit colours in SGR. */
static bool says_direct(void)
{
	const char *says = getenv("COLORTERM");
	const char *cup = tigetstr((NCURSES_CONST char *)"cup");

	return says && (!strcmp(says, "truecolor") || !strcmp(says, "24bit")) && cup && cup != (char *)-1 &&
	       !strncmp(cup, "\033[", 2);
}

static int choose_colors(enum color_depth depth)
{
	const char *no_color = getenv("NO_COLOR");

	term.direct = false;
	if (depth == COLOR_AUTO && no_color && no_color[0])
		depth = COLOR_NEVER;
	/* Pair calls crash or fail where there are no colours. */
	if (depth == COLOR_NEVER || !has_colors() || start_color() != OK || COLORS < 8)
		return LOOK_MONO;
	term.own_default = use_default_colors() == OK;
	term.direct = depth == COLOR_AUTO && says_direct();
	if (term.direct)
		return LOOK_DIRECT;
	if (depth != COLOR_16 && COLORS == LOOK_DIRECT)
		return LOOK_DIRECT;
	if (depth != COLOR_16 && COLORS == LOOK_256)
		return LOOK_256;
	/* Of direct colours only the first eight are the palette. */
	return COLORS >= 16 && COLORS <= 256 ? LOOK_16 : LOOK_8;
}

/* Pairs are allocated when a theme is set, never while drawing. */
static int pair_of(int fg, int bg)
{
	if (!term.own_default) {
		fg = fg < 0 ? COLOR_WHITE : fg;
		bg = bg < 0 ? COLOR_BLACK : bg;
	}
	for (int i = 0; i < term.pairs; i++)
		if (term.pair[i].fg == fg && term.pair[i].bg == bg)
			return i + 1;
	if (term.pairs == MAX_PAIRS || term.pairs + 1 >= COLOR_PAIRS ||
	    init_extended_pair(term.pairs + 1, fg, bg) != OK)
		return 0;
	term.pair[term.pairs].fg = fg;
	term.pair[term.pairs].bg = bg;
	return ++term.pairs;
}

static attr_t curses_attr(int attr)
{
	return (attr & ATTR_BOLD ? A_BOLD : 0) | (attr & ATTR_DIM ? A_DIM : 0) |
	       (attr & ATTR_REVERSE ? A_REVERSE : 0) |
	       (attr & ATTR_UNDERLINE ? A_UNDERLINE : 0);
}

static void build_looks(void)
{
	term.rewrite = true;
	if (term.direct) {
		sgr_theme(&term.sgr, &term.theme);
		return;
	}
	term.pairs = 0;
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int level = 0; level < THEME_STEPS; level++) {
			struct look look = look_of(&term.theme, (enum role)role, level, term.colors);

			term.attr[role] = curses_attr(look.attr);
			term.pair_no[role][level] = term.colors == LOOK_MONO || term.theme.mono ? 0 :
						    pair_of(look.fg, look.bg);
		}
}

void term_theme(const struct theme *theme)
{
	term.theme = *theme;
	if (term.open)
		build_looks();
}

/* --- taking and giving back --------------------------------------------------- */

/* Ctrl-C stays a signal, Ctrl-Z becomes a key: main says something first. */
static void own_modes(void)
{
	struct termios modes;

	if (tcgetattr(STDIN_FILENO, &modes) == 0) {
		modes.c_cc[VSUSP] = _POSIX_VDISABLE;
		tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	}
	def_prog_mode();
}

static void take(void)
{
	rescue_arm(STDOUT_FILENO, &term.saved);
	tty_out_drop();
	term.cleared = false;
	term.unsettled = false;
	term.taken = true;
	term.away = false;
	term.asks_mouse = term.has_mouse;
	term.sequence = (struct sequence){0};
	sync_size();
	term.resized = true;
}

static void give(void)
{
	if (!term.taken)
		return;
	term.taken = false;
	term.owed = false;
	if (term.has_mouse && !term.asks_mouse)
		tty_out_add(MOUSE_OFF, strlen(MOUSE_OFF));
	/* Held by Ctrl-S it would take nothing for ever; with flow control off
	 * it goes on. */
	if (!drained(0) && !term.gone) {
		struct termios modes;

		if (tcgetattr(STDIN_FILENO, &modes) == 0) {
			modes.c_iflag &= ~(tcflag_t)IXON;
			tcsetattr(STDIN_FILENO, TCSANOW, &modes);
		}
		drained(200);
	}
	/* endwin() waits until all is written. */
	if (drained(0)) {
		endwin();
	} else if (!term.gone) {
		tty_out_add(term.back, term.back_bytes);
		term.unsettled = true;
	}
	tcsetattr(STDIN_FILENO, TCSANOW, &term.saved);
	rescue_disarm();
}

/* Takes the terminal again once this process is in front. */
static void come_back(void)
{
	if (!jobs_in_front())
		return;
	give(); /* stopped by SIGSTOP, nothing was given back yet */
	if (tcgetattr(STDIN_FILENO, &term.saved) != 0) {
		term.gone = true;
		return;
	}
	def_shell_mode();
	reset_prog_mode();
	take();
}

int term_check(struct err *err)
{
	const char *name = getenv("TERM");
	struct termios modes;
	int status;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &modes) != 0)
		return err_set(err, "the dashboard needs a terminal on stdin and stdout");
	if (!name || !name[0])
		return err_set(err, "TERM is not set, so the kind of terminal is not known; "
			       "try TERM=xterm-256color");
	if (setupterm(NULL, STDOUT_FILENO, &status) != OK)
		return err_set(err, "TERM=%.40s: this kind of terminal is not known here; "
			       "try TERM=xterm-256color", name);
	const char *cup = tigetstr((NCURSES_CONST char *)"cup");
	const bool usable = cup && cup != (const char *)-1;
	del_curterm(cur_term);
	if (!usable)
		return err_set(err, "TERM=%.40s: this terminal cannot place its cursor, "
			       "so it cannot show a dashboard", name);
	return 0;
}

static void at_end(void)
{
	term_close();
	term_settle(LEAVE_MS);
}

int term_open(enum color_depth depth, struct err *err)
{
	static bool at_exit;
	FILE *out;

	if (term.open)
		return 0;
	if (term_check(err) != 0)
		return -1;
	out = tty_out_open(STDOUT_FILENO);
	if (!out || tcgetattr(STDIN_FILENO, &term.saved) != 0) {
		tty_out_close();
		return err_set(err, "the terminal could not be opened: %s", strerror(errno));
	}
	term.gone = term.away = term.owed = false;
	term.empty_reads = 0;
	fflush(stdout);
	watch_signals();
	term.screen = newterm(NULL, out, stdin);
	if (!term.screen) {
		unwatch_signals();
		tty_out_close();
		return err_set(err, "the terminal could not be opened");
	}
	term.open = true;
	cbreak();
	noecho();
	nonl();
	set_escdelay(25);
	/* Else curses stops half-way through a frame when a key waits. */
	typeahead(-1);
	leaveok(stdscr, TRUE);
	curs_set(0);
	term.keys = newpad(1, 1);
	keypad(term.keys, TRUE);
	/* Else curses takes the beginning of a report for one in a form of its own. */
	term.has_mouse = term.wants_mouse && knows_mouse();
	define_key(NULL, KEY_MOUSE);
	nodelay(term.keys, TRUE);
	own_modes();
	term.colors = choose_colors(depth);
	canvas_init(&term.shown, 0, 0);
	canvas_init(&term.waiting, 0, 0);
	take();
	term.resized = false;
	if (!term.theme.name[0])
		theme_parse("", 0, "default", &term.theme, NULL);
	build_looks();
	if (!at_exit)
		at_exit = atexit(at_end) == 0;
	return 0;
}

void term_close(void)
{
	if (!term.open)
		return;
	give();
	term.open = false;
	delwin(term.keys);
	delscreen(term.screen);
	unwatch_signals();
	canvas_fini(&term.shown);
	canvas_fini(&term.waiting);
	buf_fini(&term.frame);
	if (!term.unsettled)
		tty_out_close();
}

bool term_settle(int timeout_ms)
{
	if (!term.unsettled)
		return true;
	if (tty_out_drain(timeout_ms) == 1)
		return false;
	term.unsettled = false;
	tty_out_close();
	return true;
}

bool term_is_open(void)
{
	return term.open;
}

void term_suspend(const char *message, bool go_on)
{
	struct sigaction ours, normal = {.sa_handler = SIG_DFL};

	if (!term.open || term.gone || term.before[TSTP].sa_handler == SIG_IGN)
		return;
	give();
	if (message && message[0])
		dprintf(STDOUT_FILENO, "%s\n", message);
	sigaction(SIGTSTP, &normal, &ours);
	jobs_stop(go_on);
	sigaction(SIGTSTP, &ours, NULL);
	caught[CONT] = 0;
	term.away = true;
	come_back();
}

/* What signals asked for; a key or 0. */
static int serve_signals(void)
{
	uint64_t count;

	if (read(term.signal_fd, &count, sizeof count) < 0 && errno != EAGAIN)
		term.gone = true;
	if (caught[TSTP]) {
		caught[TSTP] = 0;
		term_suspend(NULL, false);
	}
	if (caught[CONT]) {
		caught[CONT] = 0;
		term.away = true;
	}
	if (term.away && !term.gone)
		come_back();
	if (caught[WINCH] && !term.away) {
		caught[WINCH] = 0;
		sync_size();
		term.resized = true;
	}
	if (term.resized && !term.away) {
		term.resized = false;
		return KEY_RESIZE_;
	}
	return 0;
}

void term_size(int *width, int *height)
{
	if (term.open && !term.away && !term.gone && caught[WINCH]) {
		caught[WINCH] = 0;
		sync_size();
		term.resized = true;
	}
	*width = term.width;
	*height = term.height;
}

/* --- showing ------------------------------------------------------------------ */

static void write_cell(int x, int y, const struct cell *cell, bool wide)
{
	/* Where the locale has no such character, or takes it for another
	 * width than we do, it would shift the rest of the line. */
	const bool known = cell->ch < 0x7f || wcwidth((wchar_t)cell->ch) == (wide ? 2 : 1);
	const wchar_t text[2] = {known ? (wchar_t)cell->ch : L'?', L'\0'};
	const int role = cell->role < ROLE_COUNT ? cell->role : ROLE_TEXT;
	int pair = term.pair_no[role][cell->level < THEME_STEPS ? cell->level : THEME_STEPS - 1];
	cchar_t out;

	if (setcchar(&out, text, term.attr[role] | curses_attr(cell->attr), 0, &pair) == OK)
		mvadd_wch(y, x, &out);
	if (wide && !known)
		mvaddch(y, x + 1, ' ');
}

/* What curses has for the terminal. */
static void flush_curses(void)
{
	if (isendwin()) {
		doupdate(); /* sets modes, too */
		return;
	}
	tty_out_hold();
	doupdate();
	tty_out_release();
}

static void flush_direct(void)
{
	if (!term.cleared || term.repaint) {
		erase();
		clearok(curscr, TRUE);
		wnoutrefresh(stdscr);
		flush_curses();
		term.cleared = true;
		term.rewrite = true;
	}
	term.frame.used = 0;
	sgr_frame(&term.sgr, &term.waiting, &term.shown, term.width, term.height, term.rewrite, &term.frame);
	tty_out_add(term.frame.at, term.frame.used);
	term.rewrite = term.repaint = false;
}

static void flush_frame(void)
{
	/* A terminal that is not read would keep us in here. */
	term.owed = !drained(0);
	if (term.owed)
		return;
	(term.direct ? flush_direct : flush_curses)();
	if (term.asks_mouse)
		tty_out_add(MOUSE_ON, strlen(MOUSE_ON));
	term.asks_mouse = false;
	term.owed = !drained(0);
}

/* Into curses' own picture of the screen. */
static void show_curses(const struct canvas *canvas, bool all)
{
	const int width = canvas->width < term.width ? canvas->width : term.width;
	const int height = canvas->height < term.height ? canvas->height : term.height;

	if (all)
		erase();
	if (term.repaint)
		clearok(curscr, TRUE);
	term.rewrite = term.repaint = false;
	for (int y = 0; y < height; y++) {
		const size_t row = (size_t)y * (size_t)canvas->width;
		const struct cell *now = canvas->cell + row;
		struct cell *was = term.shown.cell + row;
		const size_t bytes = (size_t)width * sizeof *now;

		if (!all && memcmp(now, was, bytes) == 0)
			continue;
		for (int x = 0; x < width; x++) {
			if (now[x].ch == 0 || (!all && memcmp(&now[x], &was[x], sizeof *now) == 0))
				continue;
			write_cell(x, y, &now[x], x + 1 < canvas->width && now[x + 1].ch == 0);
		}
		memcpy(was, now, bytes);
	}
	wnoutrefresh(stdscr);
}

void term_show(const struct canvas *canvas)
{
	const size_t cells = (size_t)canvas->width * (size_t)canvas->height;

	if (!term.open || term.away || term.gone)
		return;
	if (canvas->width != term.shown.width || canvas->height != term.shown.height) {
		canvas_resize(&term.shown, canvas->width, canvas->height);
		term.rewrite = true;
	}
	if (term.direct) {
		if (term.waiting.width != canvas->width || term.waiting.height != canvas->height)
			canvas_resize(&term.waiting, canvas->width, canvas->height);
		if (cells)
			memcpy(term.waiting.cell, canvas->cell, cells * sizeof *canvas->cell);
	} else {
		show_curses(canvas, term.rewrite);
	}
	flush_frame();
}

void term_repaint(void)
{
	term.rewrite = term.repaint = true;
}

/* --- keys --------------------------------------------------------------------- */

static int map_key(wint_t code)
{
	switch (code) {
	case KEY_UP: return KEY_UP_;
	case KEY_DOWN: return KEY_DOWN_;
	case KEY_LEFT: return KEY_LEFT_;
	case KEY_RIGHT: return KEY_RIGHT_;
	case KEY_HOME: case KEY_A1: return KEY_HOME_;
	case KEY_END: case KEY_C1: return KEY_END_;
	case KEY_PPAGE: case KEY_A3: return KEY_PGUP_;
	case KEY_NPAGE: case KEY_C3: return KEY_PGDN_;
	case KEY_BTAB: return KEY_BACKTAB_;
	case KEY_F(1): return KEY_F1_;
	case KEY_ENTER: return '\r';
	default: return 0;
	}
}

/* Behind ESC: a sequence begins, or it was the key. */
static int read_escape(void)
{
	wint_t ch;
	int rc = wget_wch(term.keys, &ch);

	if (rc == OK && (ch == '[' || ch == 'O')) {
		sequence_begin(&term.sequence, (int)ch);
		return 0;
	}
	if (rc == KEY_CODE_YES)
		ungetch((int)ch);
	else if (rc == OK)
		unget_wch((wchar_t)ch);
	return KEY_ESC_;
}

static int read_sequence(wint_t ch)
{
	int key = KEY_NONE_;

	switch (sequence_take(&term.sequence, ch, &key, &term.mouse)) {
	case SEQUENCE_KEY:
		return key;
	case SEQUENCE_MOUSE:
		return term.has_mouse ? KEY_MOUSE_ : KEY_NONE_;
	case SEQUENCE_MORE:
	case SEQUENCE_NOTHING:
		break;
	}
	return KEY_NONE_;
}

/* The next key that is waiting, 0 for none. */
static int read_key(void)
{
	wint_t ch;
	int rc, key;

	while ((rc = wget_wch(term.keys, &ch)) != ERR) {
		const int64_t now_ns = clock_ns();
		const bool goes_on = rc == OK && ch != KEY_ESC_ && term.sequence.intro &&
				     now_ns - term.sequence_ns < SEQUENCE_NS;

		term.empty_reads = 0;
		term.sequence_ns = now_ns;
		if (!goes_on)
			term.sequence = (struct sequence){0};
		key = rc == KEY_CODE_YES ? map_key(ch) : goes_on ? read_sequence(ch) : ch == KEY_ESC_ ? read_escape() : (int)ch;
		if (key)
			return key;
	}
	return 0;
}

int term_key(int timeout_ms, int wake_fd)
{
	enum { IN, SIGNAL, WAKE, OUT, FDS };
	struct pollfd fd[FDS] = {
		[IN] = {.fd = STDIN_FILENO},
		[SIGNAL] = {.fd = term.signal_fd, .events = POLLIN},
		[WAKE] = {.fd = wake_fd, .events = POLLIN},
		[OUT] = {.fd = -1, .events = POLLOUT},
	};
	int key;

	if (!term.open || term.gone)
		return -1;
	key = serve_signals();
	if (!key && !term.away && !term.gone)
		key = read_key();
	if (key || term.gone)
		return key ? key : -1;
	if (!term.away)
		fd[IN].events = POLLIN;
	if (term.away && (timeout_ms < 0 || timeout_ms > AWAY_POLL_MS))
		timeout_ms = AWAY_POLL_MS;
	if (term.owed)
		fd[OUT].fd = STDOUT_FILENO;
	if (poll(fd, FDS, timeout_ms) < 0 && errno != EINTR)
		return -1;
	if (fd[IN].revents & (POLLHUP | POLLERR | POLLNVAL)) {
		term.gone = true;
		return -1;
	}
	key = serve_signals();
	if (key || term.away)
		return key;
	if (term.owed && (fd[OUT].revents & POLLOUT))
		flush_frame();
	if (fd[IN].revents & POLLIN) {
		key = read_key();
		if (!key && ++term.empty_reads >= MAX_EMPTY_READS)
			term.gone = true;
	}
	return term.gone ? -1 : key;
}
