/*
 * Keys: codes, names, and what they do.
 *
 * A key is a Unicode character, or a code from PRESS_FIRST on for what is no
 * character.  The table of bindings is in keymap.c; help, key bar and manual are
 * made from it.
 */
#ifndef UI_KEYMAP_H
#define UI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ui;

enum press {
	PRESS_NONE = 0,
	PRESS_TAB = 9,
	PRESS_ENTER = 13,
	PRESS_ESCAPE = 27,
	PRESS_SPACE = 32,
	PRESS_FIRST = 0x110000,
	PRESS_UP = PRESS_FIRST,
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_HOME,
	PRESS_END,
	PRESS_BACKSPACE,
	PRESS_DELETE,
	PRESS_BACK_TAB,
	PRESS_F1,
	PRESS_F12 = PRESS_F1 + 11,
	PRESS_CLICK, /* these three come with a place: ui_mouse() */
	PRESS_WHEEL_UP,
	PRESS_WHEEL_DOWN,
};

/* The character sent by Ctrl and @c. */
#define PRESS_CTRL(c) ((uint32_t)(c)&0x1f)

/* The key called @name ("j", "Down", "C-d", "F10", "Space"), or PRESS_NONE. */
uint32_t key_of_name(const char *name);

/* The name of @key into @out (@size bytes, with NUL).  Returns its length. */
size_t key_text(char *out, size_t size, uint32_t key);

/* Where a binding holds. */
enum key_place {
	KEYS_EVERYWHERE = 1 << 0, /* but in prompts */
	KEYS_TABLE = 1 << 1,	  /* views that are lists */
	KEYS_DIAGRAM = 1 << 2,
	KEYS_HELP = 1 << 3,
	KEYS_MENU = 1 << 4,
	KEYS_PROMPT = 1 << 5,
	KEYS_DETAIL = 1 << 6,
	KEYS_BRANCH = 1 << 7,  /* views whose rows can be opened */
	KEYS_ROWS = 1 << 8,    /* views of listeners, processes, peers, health: moving */
	KEYS_SUMMARY = 1 << 9, /* those of them whose rows stand for sockets */
	KEYS_GROUPS = 1 << 10, /* those of them that can be grouped in several ways */
	KEYS_STATES = 1 << 11, /* the menu of states */
	KEYS_CONFIRM = 1 << 12,
	KEYS_EXPLAIN = 1 << 13, /* the page on what a state means */
	KEYS_CHART = 1 << 16,
	KEYS_CHOOSER = 1 << 17,
	KEYS_ARRANGED = 1 << 18, /* those of KEYS_ROWS with columns to choose and to sort by */
	KEYS_REPLAY = 1 << 19, /* where KEYS_EVERYWHERE holds, in a recording */
};

#define BINDING_KEYS_MAX 4

struct binding {
	const char *keys[BINDING_KEYS_MAX]; /* names; the first is shown in the key bar */
	unsigned int places;		    /* enum key_place */
	const char *group;		    /* heading in help */
	const char *help;		    /* one sentence without full stop */
	const char *label;		    /* in the key bar, or NULL */
	void (*run)(struct ui *ui);
};

/* The table, borrowed, valid for ever. */
const struct binding *bindings_all(size_t *count);

/* What @key does in @places (enum key_place), or NULL. */
const struct binding *binding_of(uint32_t key, unsigned int places);

/* What the key called @name does in @places, or NULL. */
const struct binding *keymap_find(const char *name, unsigned int places);

/* The keys of @b as "Up k" into @out (@size bytes, with NUL). */
size_t binding_keys(char *out, size_t size, const struct binding *b);

#endif
