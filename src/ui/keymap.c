/*
 * The table of keys.  To add one: a row here, with its function in actions.c.
 * Help, the key bar and the manual are made from the rows.
 */
#include "config.h"

#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/actions.h"

/* Views that have columns. */
#define COLUMNED (KEYS_TABLE | KEYS_ARRANGED)

#define LISTS (KEYS_TABLE | KEYS_ROWS | KEYS_DIAGRAM)
#define MOVABLE                                                                                    \
	(KEYS_TABLE | KEYS_ROWS | KEYS_CONFIRM | KEYS_HELP | KEYS_MENU | KEYS_DETAIL |             \
	 KEYS_CHOOSER | KEYS_EXPLAIN)

static const struct binding bindings[] = {
	{ { "F1", "?", "h" }, KEYS_EVERYWHERE, "General", "Show or leave this help", "Help",
	  action_help },
	{ { "r" }, KEYS_EVERYWHERE, "General", "Refresh now", NULL, action_refresh },
	{ { "C-l" }, KEYS_EVERYWHERE, "General", "Draw the screen anew", NULL, action_repaint },
	{ { "C-z" }, KEYS_EVERYWHERE, "General", "Suspend", NULL, action_suspend },
	{ { "s" }, KEYS_EVERYWHERE, "General", "Type the interval between polls", NULL,
	  action_interval },
	{ { "+" }, KEYS_EVERYWHERE, "General", "Poll less often", NULL, action_slower },
	{ { "-" }, KEYS_EVERYWHERE, "General", "Poll more often", NULL, action_faster },
	{ { "[" }, KEYS_EVERYWHERE, "General", "Shorter history in the panel", NULL,
	  action_history_shorter },
	{ { "]" }, KEYS_EVERYWHERE, "General", "Longer history in the panel", NULL,
	  action_history_longer },
	{ { "T" }, KEYS_EVERYWHERE, "General", "Next theme", NULL, action_theme },
	{ { "W" }, KEYS_EVERYWHERE, "General",
	  "Write to a file: the rows as .json .jsonl .csv .tsv, else the screen", NULL,
	  action_write },
	{ { "y" }, KEYS_TABLE | KEYS_DETAIL, "General", "Copy the selected row to the clipboard",
	  NULL, action_copy_row },
	{ { "Y" }, KEYS_EVERYWHERE, "General",
	  "Copy the command line that lists the same to the clipboard", NULL,
	  action_copy_command },
	{ { "O" }, KEYS_EVERYWHERE, "General",
	  "Save columns, order, theme and interval to the configuration", NULL, action_save },
	{ { "Tab" }, KEYS_EVERYWHERE, "General", "Next view (or its number)", NULL,
	  action_view_next },
	{ { "Esc" },
	  KEYS_HELP | KEYS_MENU | KEYS_PROMPT | KEYS_DETAIL | KEYS_CONFIRM | KEYS_CHART |
		  KEYS_EXPLAIN,
	  "General", "Leave help, a menu, a prompt, the details, the chart", NULL, action_leave },

	{ { "Up", "k", "C-p" }, MOVABLE, "Moving", "One row up", NULL, action_up },
	{ { "Down", "j", "C-n" }, MOVABLE, "Moving", "One row down", NULL, action_down },
	{ { "PgUp", "C-b" }, MOVABLE, "Moving", "One page up", NULL, action_page_up },
	{ { "PgDn", "C-f" }, MOVABLE, "Moving", "One page down", NULL, action_page_down },
	{ { "C-u" }, MOVABLE, "Moving", "Half a page up", NULL, action_half_up },
	{ { "C-d" }, MOVABLE, "Moving", "Half a page down", NULL, action_half_down },
	{ { "Home", "g" }, MOVABLE, "Moving", "To the first row", NULL, action_home },
	{ { "End", "G" }, MOVABLE, "Moving", "To the last row", NULL, action_end },

	{ { "Enter" }, KEYS_TABLE, "Connections", "Everything known of the selected socket", NULL,
	  action_detail },
	{ { "F2", "C" }, COLUMNED, "Connections", "Choose the columns and their order", "Cols",
	  action_columns },
	{ { "F3", "/" }, KEYS_TABLE, "Connections", "Search in the rows, from the selected one on",
	  "Search", action_search },
	{ { "F4", "\\" }, KEYS_TABLE | KEYS_ROWS, "Connections",
	  "Filter, in the language of the command line; empty for all", "Filter", action_filter },
	{ { "F5", "b" }, KEYS_TABLE, "Connections",
	  "Group: a row a process, user, unit, container", "Group", action_group },
	{ { "t" }, KEYS_TABLE, "Connections", "Tree: listeners, and below each its connections",
	  NULL, action_tree },
	{ { "n" }, COLUMNED, "Connections",
	  "Search on; where nothing is searched for: names or numbers", NULL,
	  action_search_next },
	{ { "R" }, KEYS_EVERYWHERE, "General", "Names of hosts and ports, or numbers", NULL,
	  action_names },
	{ { "Esc" }, KEYS_TABLE, "Connections", "Search no more", NULL, action_search_end },
	{ { "N" }, KEYS_TABLE, "Connections", "Search back", NULL, action_search_back },
	{ { "F6", "." }, COLUMNED, "Connections", "Choose the column to sort by", "Sort",
	  action_sort },
	{ { "<", "," }, COLUMNED, "Connections", "Sort by the column to the left", NULL,
	  action_sort_left },
	{ { ">" }, COLUMNED, "Connections", "Sort by the column to the right", NULL,
	  action_sort_right },
	{ { "I" }, COLUMNED, "Connections", "Invert the order", NULL, action_invert },
	{ { "S" }, LISTS, "Connections", "Show only the connections in one state, or in some", NULL,
	  action_states },
	{ { "o" }, KEYS_TABLE | KEYS_ROWS, "Connections", "Hide what is on loopback", NULL,
	  action_hide_loopback },
	{ { "v" }, KEYS_TABLE | KEYS_ROWS, "Connections", "IPv4 and IPv6, one of them, the other",
	  NULL, action_families },
	{ { "l" }, KEYS_TABLE, "Connections",
	  "Only sockets that listen, all but those, all sockets", NULL, action_listening },
	{ { "a", "0" }, KEYS_TABLE, "Connections",
	  "All connections again, after Enter in another view", NULL, action_all_states },

	{ { "Space" }, KEYS_TABLE, "Connections", "Tag the selected socket, or untag it", NULL,
	  action_tag },
	{ { "U" }, KEYS_TABLE, "Connections", "Untag all", NULL, action_untag },
	{ { "F" }, KEYS_TABLE, "Connections", "Follow the selected socket: say what becomes of it",
	  NULL, action_follow },
	{ { "F9", "K" }, KEYS_TABLE, "Connections",
	  "Close the tagged sockets, or the selected one, in the kernel; asks first", "Close",
	  action_close },
	{ { "y" }, KEYS_CONFIRM, "Closing sockets", "Close them", "Close", action_close_confirmed },
	{ { "n", "q", "C-c" }, KEYS_CONFIRM, "Closing sockets", "Leave them alone", "Leave",
	  action_leave },
	{ { "Space" }, KEYS_STATES, "States", "Add the state, or take it away", "Add",
	  action_state_toggle },
	{ { "a", "0" }, KEYS_STATES, "States", "All states", "All", action_state_all },
	{ { "q", "C-c" }, KEYS_STATES, "States", "Leave the menu", NULL, action_leave },

	{ { "Enter" }, KEYS_SUMMARY, "Listeners, processes, peers, health",
	  "List the connections of the selected row", "List", action_row_list },
	{ { "F5", "b" }, KEYS_GROUPS, "Listeners, processes, peers, health",
	  "Group in the next way: process, command, user ...; host, network, port", "Group",
	  action_regroup },
	{ { "F5", "t" }, KEYS_BRANCH, "Listeners, processes, peers",
	  "Show the connections of a listener below it, or hide them", "Open", action_regroup },

	{ { "Up", "k" }, KEYS_DIAGRAM, "Lifecycle", "To the state above", NULL, action_box_up },
	{ { "Down", "j" }, KEYS_DIAGRAM, "Lifecycle", "To the state below", NULL,
	  action_box_down },
	{ { "Left" }, KEYS_DIAGRAM, "Lifecycle", "To the state on the left", NULL,
	  action_box_left },
	{ { "Right" }, KEYS_DIAGRAM, "Lifecycle", "To the state on the right", NULL,
	  action_box_right },
	{ { "i" }, KEYS_DIAGRAM | KEYS_EXPLAIN, "Lifecycle",
	  "All that is to say of the selected state, or back", "Explain", action_explain },
	{ { "Enter" }, KEYS_DIAGRAM, "Lifecycle", "List the connections in the selected state",
	  "List", action_box_list },

	{ { "Space" }, KEYS_CHOOSER, "Columns", "Show or hide the column", "Show",
	  action_column_toggle },
	{ { "F7", "-", "[" }, KEYS_CHOOSER, "Columns", "Further to the left", "Left",
	  action_column_up },
	{ { "F8", "+", "]" }, KEYS_CHOOSER, "Columns", "Further to the right", "Right",
	  action_column_down },
	{ { "F2" }, KEYS_CHOOSER, "Columns", "Save the columns to the configuration", "Save",
	  action_columns_save },
	{ { "Enter" }, KEYS_CHOOSER, "Columns", "Use the columns, for now", "Use", action_done },
	{ { "Esc" }, KEYS_CHOOSER, "Columns", "The columns as they were", "Undo", action_leave },

	{ { "c" }, KEYS_EVERYWHERE, "Chart", "Enlarge the history of one state, or leave the chart",
	  NULL, action_chart },
	{ { "Up", "k" }, KEYS_CHART, "Chart", "The state before", NULL, action_chart_up },
	{ { "Down", "j" }, KEYS_CHART, "Chart", "The next state", NULL, action_chart_down },
	{ { "Left" }, KEYS_CHART, "Chart", "Cursor to an earlier time", NULL, action_chart_left },
	{ { "Right" }, KEYS_CHART, "Chart", "Cursor to a later time", NULL, action_chart_right },
	{ { "PgUp" }, KEYS_CHART, "Chart", "Cursor far back", NULL, action_chart_page_left },
	{ { "PgDn" }, KEYS_CHART, "Chart", "Cursor far forward", NULL, action_chart_page_right },
	{ { "Home", "g" }, KEYS_CHART, "Chart", "Cursor to the oldest time", NULL,
	  action_chart_oldest },
	{ { "End", "G" }, KEYS_CHART, "Chart", "No cursor: now", NULL, action_chart_now },
	{ { "[", "z" }, KEYS_CHART, "Chart", "Zoom in, down to 2 minutes", "Zoom in",
	  action_history_shorter },
	{ { "]", "x" }, KEYS_CHART, "Chart", "Zoom out, up to 24 hours", "Zoom out",
	  action_history_longer },
	{ { "Enter" }, KEYS_CHART, "Chart", "List the connections in that state", "List",
	  action_chart_list },

	{ { ")", "Right" }, KEYS_REPLAY, "Recordings", "One poll on", "Step", action_travel_on },
	{ { "(", "Left" }, KEYS_REPLAY, "Recordings", "One poll back", NULL, action_travel_back },
	{ { "p" }, KEYS_REPLAY, "Recordings", "Play, or pause (Z does the same)", "Play",
	  action_travel_play },
	{ { "+" }, KEYS_REPLAY, "Recordings", "Play faster: 1, 2, 5, 10 ... 1000 times", NULL,
	  action_travel_faster },
	{ { "-" }, KEYS_REPLAY, "Recordings", "Play slower", NULL, action_travel_slower },
	{ { "=" }, KEYS_REPLAY, "Recordings", "Play as fast as it was", NULL,
	  action_travel_normal },
	{ { "@", "t" }, KEYS_REPLAY, "Recordings", "Type a time to jump to", "Time",
	  action_travel_to },
	{ { "}" }, KEYS_REPLAY, "Recordings",
	  "To the next change of a count: of the state of the selected row, box or chart",
	  "Change", action_travel_change },
	{ { "{" }, KEYS_REPLAY, "Recordings", "To the change before", NULL,
	  action_travel_change_back },
	{ { "e" }, KEYS_REPLAY, "Recordings", "To where the next finding begins", "Finding",
	  action_travel_finding },
	{ { "E" }, KEYS_REPLAY, "Recordings", "To where the finding before begins", NULL,
	  action_travel_finding_back },
	{ { "^" }, KEYS_REPLAY, "Recordings", "To the beginning of the recording", NULL,
	  action_travel_start },
	{ { "$" }, KEYS_REPLAY, "Recordings", "To its end", NULL, action_travel_end },

	/* the last of the key bar, as in htop */
	{ { "Z" }, KEYS_EVERYWHERE, "General",
	  "Pause: the list stands still, counts and history go on", "Pause", action_pause },
	{ { "F10", "q", "C-c" }, KEYS_EVERYWHERE, "General", "Quit", "Quit", action_quit },

	{ { "Enter" }, KEYS_MENU | KEYS_PROMPT, "Prompts", "Take it", "Take", action_done },
	{ { "Backspace", "C-h" }, KEYS_PROMPT, "Prompts", "Delete a character", NULL,
	  action_erase },
	{ { "Delete", "C-d" }, KEYS_PROMPT, "Prompts", "Delete the character under the cursor",
	  NULL, action_delete },
	{ { "C-u" }, KEYS_PROMPT, "Prompts", "Delete everything", NULL, action_erase_all },
	{ { "Left", "C-b" }, KEYS_PROMPT, "Prompts", "To the left", NULL, action_input_left },
	{ { "Right", "C-f" }, KEYS_PROMPT, "Prompts", "To the right", NULL, action_input_right },
	{ { "Home", "C-a" }, KEYS_PROMPT, "Prompts", "To the start", NULL, action_input_home },
	{ { "End", "C-e" }, KEYS_PROMPT, "Prompts", "To the end", NULL, action_input_end },
	{ { "Up", "C-p" }, KEYS_PROMPT, "Prompts", "The filter before this one", NULL,
	  action_recall_older },
	{ { "Down", "C-n" }, KEYS_PROMPT, "Prompts", "The filter after this one", NULL,
	  action_recall_newer },
	{ { "C-c" }, KEYS_PROMPT, "Prompts", "Leave the prompt", NULL, action_leave },
};

const struct binding *bindings_all(size_t *count)
{
	*count = sizeof(bindings) / sizeof(bindings[0]);
	return bindings;
}

static const struct {
	const char *name;
	uint32_t key;
} names[] = {
	{ "Space", PRESS_SPACE },     { "Enter", PRESS_ENTER },
	{ "Tab", PRESS_TAB },	      { "S-Tab", PRESS_BACK_TAB },
	{ "Esc", PRESS_ESCAPE },      { "Up", PRESS_UP },
	{ "Down", PRESS_DOWN },	      { "Left", PRESS_LEFT },
	{ "Right", PRESS_RIGHT },     { "PgUp", PRESS_PAGE_UP },
	{ "PgDn", PRESS_PAGE_DOWN },  { "Home", PRESS_HOME },
	{ "End", PRESS_END },	      { "Backspace", PRESS_BACKSPACE },
	{ "Delete", PRESS_DELETE },
};

/* The number of "F1" to "F12", or 0. */
static unsigned int function_key(const char *name)
{
	unsigned int number = 0;

	if (name[0] != 'F' || !name[1])
		return 0;
	for (const char *p = name + 1; *p; p++) {
		if (*p < '0' || *p > '9' || number > 12)
			return 0;
		number = number * 10 + (unsigned int)(*p - '0');
	}
	return number <= 12 ? number : 0;
}

uint32_t key_of_name(const char *name)
{
	size_t len = strlen(name);
	unsigned int number = function_key(name);
	uint32_t code;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].key;
	if (number)
		return PRESS_F1 + number - 1;
	if (len == 3 && name[0] == 'C' && name[1] == '-')
		return PRESS_CTRL(name[2]);
	if (len && utf8_decode(name, len, &code) == len && code != UTF8_REPLACEMENT)
		return code;
	return PRESS_NONE;
}

size_t key_text(char *out, size_t size, uint32_t key)
{
	char bytes[UTF8_BYTES_MAX];
	size_t len;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].key == key)
			return (size_t)snprintf(out, size, "%s", names[i].name);
	if (key >= PRESS_F1 && key <= PRESS_F12)
		return (size_t)snprintf(out, size, "F%u", (unsigned int)(key - PRESS_F1 + 1));
	if (key < 0x20)
		return (size_t)snprintf(out, size, "C-%c", (char)(key | 0x60));
	len = utf8_encode(bytes, key);
	return (size_t)snprintf(out, size, "%.*s", (int)len, bytes);
}

static bool binding_has(const struct binding *b, uint32_t key)
{
	for (size_t i = 0; i < BINDING_KEYS_MAX && b->keys[i]; i++)
		if (key_of_name(b->keys[i]) == key)
			return true;
	return false;
}

const struct binding *binding_of(uint32_t key, unsigned int places)
{
	for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++)
		if (bindings[i].places & places && binding_has(&bindings[i], key))
			return &bindings[i];
	return NULL;
}

const struct binding *keymap_find(const char *name, unsigned int places)
{
	uint32_t key = key_of_name(name);

	return key == PRESS_NONE ? NULL : binding_of(key, places);
}

size_t binding_keys(char *out, size_t size, const struct binding *b)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < BINDING_KEYS_MAX && b->keys[i] && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s", i ? " " : "", b->keys[i]);
	return used < size ? used : size - 1;
}
