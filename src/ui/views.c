/*
 * The table of views.  To add one: its file view_x.c, its drawing function in
 * views.h, a row here.  Tabs, number keys and help follow.
 */
#include "config.h"

#include "ui/views.h"

#include "ui/groups.h"
#include "ui/keymap.h"
#include "ui/listeners.h"
#include "ui/vitals.h"

static const struct view_class views[] = {
	{ .name = "Connections", .help = "every socket, one a row", .places = KEYS_TABLE,
	  .draw = view_connections_draw, .list = connections_list, .moved = connections_select,
	  .facts_of_shown = connections_facts_of_shown, .shown = connections_shown },
	{ .name = "Lifecycle", .help = "the diagram of RFC 793, alive", .places = KEYS_DIAGRAM,
	  .draw = view_lifecycle_draw, .sheet = &lifecycle_sheet },
	{ .name = "Listeners", .help = "backlogs, accepted connections, exposure, drops",
	  .places = KEYS_ROWS | KEYS_SUMMARY | KEYS_ARRANGED | KEYS_BRANCH,
	  .draw = view_listeners_draw,
	  .list = view_listeners_list, .moved = view_listeners_moved,
	  .scans = listeners_scans, .scan_count = LISTENERS_SCANS, .enter = view_listeners_enter,
	  .regroup = view_listeners_branch,
	  .facts_of_shown = view_listeners_facts, .shown = view_listeners_shown,
	  .note_exact = view_listeners_note_exact, .sheet = &listeners_sheet },
	{ .name = "Processes", .help = "sockets by process, command, user, unit, container",
	  .places = KEYS_ROWS | KEYS_SUMMARY | KEYS_ARRANGED | KEYS_GROUPS,
	  .draw = view_groups_draw,
	  .list = view_groups_list, .moved = view_groups_moved, .scans = &groups_scan,
	  .scan_count = 1, .enter = view_groups_enter, .regroup = view_groups_regroup,
	  .leave = view_groups_leave, .facts_of_all = view_groups_facts,
	  .sheet = &groups_sheet },
	{ .name = "Peers", .help = "connections by remote host, network, port",
	  .places = KEYS_ROWS | KEYS_SUMMARY | KEYS_ARRANGED | KEYS_GROUPS, .peers = true,
	  .draw = view_groups_draw, .list = view_groups_list, .moved = view_groups_moved,
	  .scans = &groups_scan, .scan_count = 1, .enter = view_groups_enter,
	  .regroup = view_groups_regroup, .leave = view_groups_leave,
	  .facts_of_all = view_groups_facts, .sheet = &groups_sheet },
	{ .name = "Health", .help = "what is wrong, and the kernel's own counters of trouble",
	  .places = KEYS_ROWS | KEYS_SUMMARY, .draw = view_health_draw,
	  .list = view_health_list, .moved = view_health_moved,
	  .update = view_health_update, .enter = view_health_enter,
	  .sheet = &health_sheet },
};

_Static_assert(sizeof(views) / sizeof(views[0]) <= VIEWS_MAX, "there is no room for all views");

size_t view_index(const struct view_class *view)
{
	return (size_t)(view - views);
}

size_t view_index_with(const struct sheet *sheet)
{
	size_t i = 0;

	while (views[i].sheet != sheet)
		i++;
	return i;
}

const struct view_class *views_all(size_t *count)
{
	*count = sizeof(views) / sizeof(views[0]);
	return views;
}
