/*
 * The terminal: see term_curses.h.
 *
 * The crash state is a mutable variable at file level: a signal handler can get at
 * nothing else.
 */
#include "config.h"

#include "ui/term_curses.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "ui/curses_library.h"
#include "ui/keymap.h"

struct terminal {
	SCREEN *screen;
	WINDOW *window; /* all of the screen */
	const struct theme *theme;
	int colours; /* how many; 0: none */
	bool stop_ignored; /* whoever started the program had SIGTSTP ignored */
	int mouse_row;
	int mouse_col;
};

/* Prepared while all is well, used when nothing is any more. */
static struct {
	volatile sig_atomic_t armed;
	struct termios saved;
	char restore[512];
	size_t restore_len;
} crash;

static const int fatal_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGQUIT };

#define FATAL_SIGNALS (sizeof(fatal_signals) / sizeof(fatal_signals[0]))

/*
 * curses is not async-signal-safe, so a crash must not call endwin().  write()
 * and tcsetattr() are on the POSIX list; the bytes were prepared beforehand.
 */
static void crash_restore(void)
{
	if (!crash.armed)
		return;
	crash.armed = 0;
	(void)!write(STDOUT_FILENO, crash.restore, crash.restore_len);
	tcsetattr(STDIN_FILENO, TCSANOW, &crash.saved);
}

static void on_fatal(int signo)
{
	crash_restore();
	raise(signo); /* SA_RESETHAND: the default action follows */
}

static void crash_add(const char *capability)
{
	/* tigetstr() takes char * and leaves it alone */
	char name[16];
	const char *bytes;
	size_t len;

	if (strlen(capability) >= sizeof(name))
		return;
	memcpy(name, capability, strlen(capability) + 1);
	bytes = curses.tigetstr(name);
	if (!bytes || bytes == (char *)-1)
		return;
	len = strlen(bytes);
	if (len > sizeof(crash.restore) - crash.restore_len)
		return;
	memcpy(crash.restore + crash.restore_len, bytes, len);
	crash.restore_len += len;
}

/* What curses itself sends to end the reports of the mouse; terminfo has no name for it. */
static void crash_add_mouse(void)
{
	static const char off[] = "\033[?1006;1000l";

	if (sizeof(off) - 1 > sizeof(crash.restore) - crash.restore_len)
		return;
	memcpy(crash.restore + crash.restore_len, off, sizeof(off) - 1);
	crash.restore_len += sizeof(off) - 1;
}

static void crash_prepare(void)
{
	struct sigaction action = { .sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND };
	static const char *const capabilities[] = { "sgr0", "op", "cnorm", "rmkx", "rmcup" };

	crash.restore_len = 0;
	for (size_t i = 0; i < sizeof(capabilities) / sizeof(capabilities[0]); i++)
		crash_add(capabilities[i]);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		sigaction(fatal_signals[i], &action, NULL);
	atexit(crash_restore);
	crash.armed = 1;
}

static void crash_disarm(void)
{
	crash.armed = 0;
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		signal(fatal_signals[i], SIG_DFL);
}

/* Can the terminal place text anywhere on the screen? */
static bool can_move(void)
{
	char name[] = "cup";
	const char *bytes = curses.tigetstr(name);

	return bytes && bytes != (char *)-1;
}

static bool open_screen(struct terminal *t)
{
	t->screen = curses.newterm(NULL, stdout, stdin);
	if (!t->screen)
		return false;
	if (can_move())
		t->window = curses.newwin(0, 0, 0, 0);
	if (t->window)
		return true;
	curses.endwin();
	curses.delscreen(t->screen);
	return false;
}

static void open_colours(struct terminal *t)
{
	char colours[] = "colors";

	if (!curses.has_colors())
		return;
	curses.start_color();
	curses.use_default_colors();
	t->colours = curses.tigetnum(colours);
}

static void set_modes(struct terminal *t)
{
	curses.raw();
	curses.noecho();
	curses.nonl();
	curses.nodelay(t->window, TRUE);
	curses.keypad(t->window, TRUE);
	curses.intrflush(t->window, FALSE);
	curses.leaveok(t->window, FALSE);
	curses.scrollok(t->window, FALSE);
	curses.set_escdelay(25);
	curses.curs_set(0);
}

static bool is_ignored(int signo)
{
	struct sigaction now;

	return !sigaction(signo, NULL, &now) && now.sa_handler == SIG_IGN;
}

static int check_terminal(const char *type, struct error *err)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(err, 0, "the live view needs a terminal: try 'connstate list'");
	if (!type || !*type)
		return error_set(err, 0, "TERM is not set: set it, or try 'connstate list'");
	return 0;
}

struct terminal *term_open(struct error *err)
{
	const char *type = getenv("TERM");
	struct terminal *t;

	if (check_terminal(type, err) || curses_load(err))
		return NULL;
	t = calloc(1, sizeof(*t));
	if (!t) {
		error_set(err, ENOMEM, "cannot set up the terminal");
		return NULL;
	}
	tcgetattr(STDIN_FILENO, &crash.saved);
	t->stop_ignored = is_ignored(SIGTSTP);
	if (!open_screen(t)) {
		tcsetattr(STDIN_FILENO, TCSANOW, &crash.saved);
		free(t);
		error_set(err, 0, "terminal '%s' cannot show the live view: try 'connstate list'",
			  type);
		return NULL;
	}
	set_modes(t);
	crash_prepare();
	open_colours(t);
	return t;
}

void term_close(struct terminal *t)
{
	if (!t)
		return;
	curses.endwin();
	crash_disarm();
	curses.delwin(t->window);
	curses.delscreen(t->screen);
	free(t);
}

int term_fd(const struct terminal *t)
{
	(void)t;
	return STDIN_FILENO;
}

bool term_gone(const struct terminal *t)
{
	struct pollfd fd = { .fd = term_fd(t), .events = POLLIN };

	return poll(&fd, 1, 0) == 1 && fd.revents & (POLLHUP | POLLERR | POLLNVAL);
}

static const struct {
	int curses;
	uint32_t key;
} function_keys[] = {
	{ KEY_UP, PRESS_UP },	      { KEY_DOWN, PRESS_DOWN },	    { KEY_LEFT, PRESS_LEFT },
	{ KEY_RIGHT, PRESS_RIGHT },   { KEY_PPAGE, PRESS_PAGE_UP }, { KEY_NPAGE, PRESS_PAGE_DOWN },
	{ KEY_HOME, PRESS_HOME },     { KEY_END, PRESS_END },	    { KEY_A1, PRESS_HOME },
	{ KEY_C1, PRESS_END },	      { KEY_A3, PRESS_PAGE_UP },    { KEY_C3, PRESS_PAGE_DOWN },
	{ KEY_ENTER, PRESS_ENTER },   { KEY_DC, PRESS_DELETE },	    { KEY_BTAB, PRESS_BACK_TAB },
	{ KEY_BACKSPACE, PRESS_BACKSPACE },
};

static uint32_t key_of_code(int code)
{
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return PRESS_F1 + (uint32_t)(code - KEY_F(1));
	for (size_t i = 0; i < sizeof(function_keys) / sizeof(function_keys[0]); i++)
		if (function_keys[i].curses == code)
			return function_keys[i].key;
	return PRESS_NONE;
}

/* The button or the wheel that was used, as a key. */
static uint32_t key_of_mouse(struct terminal *t)
{
	MEVENT event;

	if (curses.getmouse(&event) == ERR)
		return PRESS_NONE;
	t->mouse_row = event.y;
	t->mouse_col = event.x;
	if (event.bstate & BUTTON4_PRESSED)
		return PRESS_WHEEL_UP;
	if (event.bstate & BUTTON5_PRESSED)
		return PRESS_WHEEL_DOWN;
	return event.bstate & BUTTON1_PRESSED ? PRESS_CLICK : PRESS_NONE;
}

void term_mouse(struct terminal *t)
{
	(void)t;
	/* no waiting for a second click: each press counts at once */
	curses.mouseinterval(0);
	if (curses.mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL))
		crash_add_mouse();
}

void term_mouse_at(const struct terminal *t, int *row, int *col)
{
	*row = t->mouse_row;
	*col = t->mouse_col;
}

uint32_t term_key(struct terminal *t)
{
	uint32_t key = PRESS_NONE;
	wint_t ch;

	/* keys without a meaning are passed over */
	while (!key) {
		int result = curses.wget_wch(t->window, &ch);

		if (result == ERR)
			return PRESS_NONE;
		if (result == KEY_CODE_YES && ch == KEY_MOUSE)
			key = key_of_mouse(t);
		else
			key = result == KEY_CODE_YES ? key_of_code((int)ch) : (uint32_t)ch;
	}
	if (key == '\n')
		return PRESS_ENTER;
	return key == 0x7f ? PRESS_BACKSPACE : key;
}

void term_size(const struct terminal *t, int *rows, int *cols)
{
	*rows = curses.getmaxy(t->window);
	*cols = curses.getmaxx(t->window);
}

void term_resize(struct terminal *t)
{
	struct winsize size;

	/* not resizeterm(), which would also push a KEY_RESIZE into the input */
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		curses.resize_term(size.ws_row, size.ws_col);
	curses.clearok(t->window, TRUE);
}

bool term_mono(const struct terminal *t)
{
	const char *no_color = getenv("NO_COLOR");

	return !t->colours || (no_color && *no_color);
}

/*
 * A theme's colour as this terminal has it; -1 is its own.  One with more than 256
 * takes the colour itself for its number.
 */
static int colour_here(const struct terminal *t, int16_t colour)
{
	if (!colour)
		return -1;
	if (t->colours > 256)
		return (int)colour_rgb(colour - 1);
	return colour_nearest(colour - 1, t->colours >= 256 ? 256 : t->colours >= 16 ? 16 : 8);
}

void term_set_theme(struct terminal *t, const struct theme *theme)
{
	t->theme = theme;
	for (int role = 0; t->colours && role < ROLE_COUNT; role++)
		curses.init_extended_pair(role + 1, colour_here(t, theme->look[role].front),
					  colour_here(t, theme->look[role].back));
	curses.clearok(t->window, TRUE);
}

static attr_t attributes_of(uint8_t look)
{
	static const struct {
		uint8_t look;
		attr_t curses;
	} map[] = {
		{ LOOK_BOLD, A_BOLD },
		{ LOOK_DIM, A_DIM },
		{ LOOK_REVERSE, A_REVERSE },
		{ LOOK_UNDERLINE, A_UNDERLINE },
		{ LOOK_ITALIC, A_ITALIC },
	};
	attr_t attributes = A_NORMAL;

	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (look & map[i].look)
			attributes |= map[i].curses;
	return attributes;
}

static void show_cell(const struct terminal *t, int row, int col, const struct cell *cell)
{
	wchar_t text[CELL_MARKS_MAX + 2] = { (wchar_t)cell->code };
	/* one bar, whatever colours its cells had */
	int role = cell->selected ? ROLE_SELECTED : cell->role;
	attr_t attributes = attributes_of(t->theme->look[role].attributes);
	cchar_t shown;

	for (size_t i = 0; i < CELL_MARKS_MAX; i++)
		text[i + 1] = (wchar_t)cell->marks[i];
	curses.setcchar(&shown, text, attributes, (short)(t->colours ? role + 1 : 0), NULL);
	curses.mvwadd_wch(t->window, row, col, &shown);
}

void term_show(struct terminal *t, const struct canvas *c)
{
	int rows;
	int cols;

	term_size(t, &rows, &cols);
	rows = c->rows < rows ? c->rows : rows;
	cols = c->cols < cols ? c->cols : cols;
	for (int row = 0; row < rows; row++) {
		const struct cell *cells = &c->cells[(size_t)row * (size_t)c->cols];

		for (int col = 0; col < cols; col++)
			if (cells[col].cells)
				show_cell(t, row, col, &cells[col]);
	}
	curses.wmove(t->window, rows ? rows - 1 : 0, 0);
	curses.wrefresh(t->window);
}

/* All of it: nothing else may come between. */
static void send_bytes(const char *bytes, size_t len)
{
	while (len) {
		ssize_t sent = write(STDOUT_FILENO, bytes, len);

		if (sent < 0 && errno != EINTR)
			return;
		if (sent > 0) {
			bytes += sent;
			len -= (size_t)sent;
		}
	}
}

void term_copy(struct terminal *t, const char *text, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789+/";

	(void)t;
	send_bytes("\033]52;c;", 7);
	for (size_t i = 0; i < len; i += 3) {
		size_t here = len - i < 3 ? len - i : 3;
		unsigned int bits = 0;
		char four[4];

		for (size_t j = 0; j < 3; j++)
			bits = bits << 8 | (j < here ? (unsigned char)text[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			four[j] = j > here ? '=' : digits[bits >> (18 - 6 * j) & 63];
		send_bytes(four, sizeof(four));
	}
	send_bytes("\a", 1);
}

void term_repaint(struct terminal *t)
{
	curses.clearok(t->window, TRUE);
}

const char *term_unstoppable(const struct terminal *t)
{
	/* the kernel would stop all of the job but this process, which would have no terminal */
	if (getpid() == 1)
		return "process 1 of a PID namespace cannot be stopped";
	/* a shell that ignores it does not expect that of what it started, and only waits */
	return t->stop_ignored ? "the parent process has SIGTSTP ignored" : NULL;
}

void term_suspend(struct terminal *t, bool whole_job)
{
	sigset_t stop;
	sigset_t before;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	curses.endwin();
	crash.armed = 0;
	signal(SIGTSTP, SIG_DFL);
	/* as the terminal does it: a script would go on waiting for this one */
	if (whole_job)
		kill(0, SIGTSTP);
	else
		raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &before); /* stops here */
	sigprocmask(SIG_SETMASK, &before, NULL);
	tcgetattr(STDIN_FILENO, &crash.saved);
	crash.armed = 1;
	term_resize(t);
	curses.wrefresh(t->window);
}
