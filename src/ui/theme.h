/*
 * Themes: how each role looks.
 *
 * Colours are those of xterm's 256; a terminal with 16 or 8 shows the nearest.
 * Colour never carries a fact alone.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/state.h"
#include "ui/canvas.h"

enum look_attribute {
	LOOK_BOLD = 1 << 0,
	LOOK_DIM = 1 << 1,
	LOOK_REVERSE = 1 << 2,
	LOOK_UNDERLINE = 1 << 3,
	LOOK_ITALIC = 1 << 4,
};

/* A colour number plus 1; 0 is the terminal's own. */
#define COLOUR(n) ((n) + 1)

struct look {
	int16_t front;
	int16_t back;
	uint8_t attributes; /* enum look_attribute */
};

struct theme {
	const char *name; /* for --theme */
	const char *help;
	bool colours; /* false: attributes alone tell the roles apart */
	struct look look[ROLE_COUNT];
};

/* The table, borrowed, valid for ever.  The first is the default. */
const struct theme *themes_all(size_t *count);

/* The theme called @name, or NULL. */
const struct theme *theme_find(const char *name);

/* The role of a state's name: by its class. */
enum role role_of_state(enum state state);

/* A colour of the 256 as 0xrrggbb, as xterm shows it. */
uint32_t colour_rgb(int colour);

/* The nearest of the first @colours (8 or 16) colours to @colour of 256. */
int colour_nearest(int colour, int colours);

#endif
