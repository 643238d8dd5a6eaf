/*
 * What of the view can be kept: by the names of the long options.
 */
#ifndef UI_SETTINGS_H
#define UI_SETTINGS_H

#include <stddef.h>

struct ui;

/* Room for the longest value: all columns. */
#define SETTING_BYTES 4096

struct setting {
	const char *name;
	/* Its value now into @out (SETTING_BYTES, with NUL). */
	void (*text)(const struct ui *ui, char *out);
};

/* The table, borrowed, valid for ever. */
const struct setting *settings_all(size_t *count);

#define SETTINGS 7

#endif
