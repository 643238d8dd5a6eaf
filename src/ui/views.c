/*
 * The table of views.  To add one: its file view_x.c, its drawing function in
 * views.h, a row here.  Tabs, number keys and help follow.
 */
#include "config.h"

#include "ui/views.h"

#include "ui/keymap.h"

static const struct view_class views[] = {
	{ .name = "Connections", .help = "every socket, one a row", .places = KEYS_TABLE,
	  .draw = view_connections_draw },
	{ .name = "Lifecycle", .help = "the diagram of RFC 793, alive", .places = KEYS_DIAGRAM,
	  .draw = view_lifecycle_draw },
};

const struct view_class *views_all(size_t *count)
{
	*count = sizeof(views) / sizeof(views[0]);
	return views;
}
