/*
 * The table of themes.  To add one: a row here; --theme, help and the manual
 * follow.  tests/unit/ui_theme.c holds what every theme must keep: that roles
 * which lie side by side differ, without colours too.
 */
#include "config.h"

#include "ui/theme.h"

#include <string.h>

#define LOOKS_OF_BARS                                                                              \
	[ROLE_TITLE] = { .attributes = LOOK_BOLD },                                                \
	[ROLE_HEADING] = { .attributes = LOOK_UNDERLINE },                                         \
	[ROLE_HEADING_SORTED] = { .attributes = LOOK_UNDERLINE | LOOK_BOLD },                      \
	[ROLE_TAB_CURRENT] = { .attributes = LOOK_REVERSE | LOOK_BOLD },                           \
	[ROLE_SELECTED] = { .attributes = LOOK_REVERSE },                                          \
	[ROLE_MATCH] = { .attributes = LOOK_UNDERLINE | LOOK_BOLD },                               \
	[ROLE_PROMPT] = { .attributes = LOOK_BOLD }

static const struct theme themes[] = {
	{ .name = "default", .help = "for a dark background", .colours = true,
	  .look = {
		LOOKS_OF_BARS,
		[ROLE_QUIET] = { .front = COLOUR(244) },
		[ROLE_STRONG] = { .attributes = LOOK_BOLD },
		[ROLE_TAB] = { .front = COLOUR(250) },
		[ROLE_KEY] = { .attributes = LOOK_BOLD },
		[ROLE_KEY_LABEL] = { .front = COLOUR(0), .back = COLOUR(6) },
		[ROLE_CHANGED] = { .front = COLOUR(15), .attributes = LOOK_BOLD },
		[ROLE_NEW] = { .front = COLOUR(10), .attributes = LOOK_BOLD },
		[ROLE_WARNING] = { .front = COLOUR(203), .attributes = LOOK_BOLD },
		[ROLE_LINE] = { .front = COLOUR(244) },
		[ROLE_LISTENING] = { .front = COLOUR(75) },
		[ROLE_OPENING] = { .front = COLOUR(221) },
		[ROLE_OPEN] = { .front = COLOUR(113) },
		[ROLE_CLOSING] = { .front = COLOUR(209) },
		[ROLE_CLOSED] = { .front = COLOUR(244) },
	  } },
	{ .name = "light", .help = "for a light background", .colours = true,
	  .look = {
		LOOKS_OF_BARS,
		[ROLE_QUIET] = { .front = COLOUR(243) },
		[ROLE_STRONG] = { .attributes = LOOK_BOLD },
		[ROLE_TAB] = { .front = COLOUR(240) },
		[ROLE_KEY] = { .attributes = LOOK_BOLD },
		[ROLE_KEY_LABEL] = { .front = COLOUR(0), .back = COLOUR(152) },
		[ROLE_CHANGED] = { .front = COLOUR(0), .attributes = LOOK_BOLD },
		[ROLE_NEW] = { .front = COLOUR(22), .attributes = LOOK_BOLD },
		[ROLE_WARNING] = { .front = COLOUR(124), .attributes = LOOK_BOLD },
		[ROLE_LINE] = { .front = COLOUR(245) },
		[ROLE_LISTENING] = { .front = COLOUR(25) },
		[ROLE_OPENING] = { .front = COLOUR(94) },
		[ROLE_OPEN] = { .front = COLOUR(28) },
		[ROLE_CLOSING] = { .front = COLOUR(130) },
		[ROLE_CLOSED] = { .front = COLOUR(243) },
	  } },
	{ .name = "high-contrast", .help = "bright colours on black, nothing dimmed",
	  .colours = true,
	  .look = {
		[ROLE_TEXT] = { .front = COLOUR(15), .back = COLOUR(16) },
		[ROLE_TITLE] = { .front = COLOUR(15), .back = COLOUR(16),
				 .attributes = LOOK_BOLD },
		[ROLE_HEADING] = { .front = COLOUR(15), .back = COLOUR(16),
				   .attributes = LOOK_UNDERLINE },
		[ROLE_HEADING_SORTED] = { .front = COLOUR(226), .back = COLOUR(16),
					  .attributes = LOOK_UNDERLINE | LOOK_BOLD },
		[ROLE_TAB_CURRENT] = { .front = COLOUR(16), .back = COLOUR(15),
				       .attributes = LOOK_BOLD },
		[ROLE_SELECTED] = { .front = COLOUR(16), .back = COLOUR(226) },
		[ROLE_MATCH] = { .front = COLOUR(15), .back = COLOUR(16),
				 .attributes = LOOK_UNDERLINE | LOOK_BOLD },
		[ROLE_PROMPT] = { .front = COLOUR(15), .back = COLOUR(16),
				  .attributes = LOOK_BOLD },
		[ROLE_QUIET] = { .front = COLOUR(252), .back = COLOUR(16) },
		[ROLE_STRONG] = { .front = COLOUR(15), .back = COLOUR(16),
				  .attributes = LOOK_BOLD },
		[ROLE_TAB] = { .front = COLOUR(15), .back = COLOUR(16) },
		[ROLE_KEY] = { .front = COLOUR(226), .back = COLOUR(16), .attributes = LOOK_BOLD },
		[ROLE_KEY_LABEL] = { .front = COLOUR(16), .back = COLOUR(15) },
		[ROLE_CHANGED] = { .front = COLOUR(226), .back = COLOUR(16),
				   .attributes = LOOK_BOLD | LOOK_UNDERLINE },
		[ROLE_NEW] = { .front = COLOUR(46), .back = COLOUR(16), .attributes = LOOK_BOLD },
		[ROLE_WARNING] = { .front = COLOUR(15), .back = COLOUR(160),
				   .attributes = LOOK_BOLD },
		[ROLE_LINE] = { .front = COLOUR(15), .back = COLOUR(16) },
		[ROLE_LISTENING] = { .front = COLOUR(51), .back = COLOUR(16) },
		[ROLE_OPENING] = { .front = COLOUR(226), .back = COLOUR(16) },
		[ROLE_OPEN] = { .front = COLOUR(46), .back = COLOUR(16) },
		[ROLE_CLOSING] = { .front = COLOUR(208), .back = COLOUR(16) },
		[ROLE_CLOSED] = { .front = COLOUR(252), .back = COLOUR(16) },
	  } },
	/* Okabe and Ito's palette: told apart with every common form of colour blindness. */
	{ .name = "colour-blind", .help = "colours that stay apart for colour-blind eyes",
	  .colours = true,
	  .look = {
		LOOKS_OF_BARS,
		[ROLE_QUIET] = { .front = COLOUR(245) },
		[ROLE_STRONG] = { .attributes = LOOK_BOLD },
		[ROLE_TAB] = { .front = COLOUR(250) },
		[ROLE_KEY] = { .attributes = LOOK_BOLD },
		[ROLE_KEY_LABEL] = { .front = COLOUR(16), .back = COLOUR(74) },
		[ROLE_CHANGED] = { .front = COLOUR(227), .attributes = LOOK_BOLD },
		[ROLE_NEW] = { .front = COLOUR(74), .attributes = LOOK_BOLD | LOOK_UNDERLINE },
		[ROLE_WARNING] = { .front = COLOUR(172), .attributes = LOOK_BOLD | LOOK_REVERSE },
		[ROLE_LINE] = { .front = COLOUR(245) },
		[ROLE_LISTENING] = { .front = COLOUR(74) },
		[ROLE_OPENING] = { .front = COLOUR(227) },
		[ROLE_OPEN] = { .front = COLOUR(36) },
		[ROLE_CLOSING] = { .front = COLOUR(172) },
		[ROLE_CLOSED] = { .front = COLOUR(175) },
	  } },
	{ .name = "mono", .help = "no colours: bold, dim, underlined, reverse",
	  .colours = false,
	  .look = {
		LOOKS_OF_BARS,
		[ROLE_QUIET] = { .attributes = LOOK_DIM },
		[ROLE_STRONG] = { .attributes = LOOK_BOLD },
		[ROLE_KEY] = { .attributes = LOOK_BOLD },
		[ROLE_KEY_LABEL] = { .attributes = LOOK_REVERSE },
		[ROLE_CHANGED] = { .attributes = LOOK_BOLD | LOOK_UNDERLINE },
		[ROLE_NEW] = { .attributes = LOOK_UNDERLINE },
		[ROLE_WARNING] = { .attributes = LOOK_BOLD | LOOK_REVERSE },
		[ROLE_LINE] = { .attributes = LOOK_DIM },
		[ROLE_LISTENING] = { .attributes = LOOK_UNDERLINE },
		[ROLE_OPENING] = { .attributes = LOOK_ITALIC },
		[ROLE_CLOSING] = { .attributes = LOOK_BOLD },
		[ROLE_CLOSED] = { .attributes = LOOK_DIM },
	  } },
};

const struct theme *themes_all(size_t *count)
{
	*count = sizeof(themes) / sizeof(themes[0]);
	return themes;
}

const struct theme *theme_find(const char *name)
{
	for (size_t i = 0; i < sizeof(themes) / sizeof(themes[0]); i++)
		if (strcmp(themes[i].name, name) == 0)
			return &themes[i];
	return NULL;
}

enum role role_of_state(enum state state)
{
	static const uint8_t roles[] = {
		[CLASS_LISTENING] = ROLE_LISTENING, [CLASS_OPENING] = ROLE_OPENING,
		[CLASS_OPEN] = ROLE_OPEN,	    [CLASS_CLOSING] = ROLE_CLOSING,
		[CLASS_CLOSED] = ROLE_CLOSED,
	};

	return (enum role)roles[state_info(state)->class];
}

struct rgb {
	int red, green, blue;
};

/* What xterm shows for its first 16 colours, the cube of 6x6x6, and the greys. */
static struct rgb rgb_of(int colour)
{
	static const struct rgb basic[16] = {
		{ 0, 0, 0 },	   { 205, 0, 0 },   { 0, 205, 0 },   { 205, 205, 0 },
		{ 0, 0, 238 },	   { 205, 0, 205 }, { 0, 205, 205 }, { 229, 229, 229 },
		{ 127, 127, 127 }, { 255, 0, 0 },   { 0, 255, 0 },   { 255, 255, 0 },
		{ 92, 92, 255 },   { 255, 0, 255 }, { 0, 255, 255 }, { 255, 255, 255 },
	};
	static const int steps[6] = { 0, 95, 135, 175, 215, 255 };
	int grey;

	if (colour < 16)
		return basic[colour];
	if (colour < 232) {
		colour -= 16;
		return (struct rgb){ steps[colour / 36], steps[colour / 6 % 6],
				     steps[colour % 6] };
	}
	grey = 8 + (colour - 232) * 10;
	return (struct rgb){ grey, grey, grey };
}

uint32_t colour_rgb(int colour)
{
	struct rgb c = rgb_of(colour);

	return (uint32_t)c.red << 16 | (uint32_t)c.green << 8 | (uint32_t)c.blue;
}

int colour_nearest(int colour, int colours)
{
	struct rgb wanted = rgb_of(colour);
	int best = 0;
	int best_distance = -1;

	if (colour < colours)
		return colour;
	for (int i = 0; i < colours; i++) {
		struct rgb c = rgb_of(i);
		int distance = (c.red - wanted.red) * (c.red - wanted.red) +
			       (c.green - wanted.green) * (c.green - wanted.green) +
			       (c.blue - wanted.blue) * (c.blue - wanted.blue);

		if (best_distance < 0 || distance < best_distance) {
			best = i;
			best_distance = distance;
		}
	}
	return best;
}
