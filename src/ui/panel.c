/*
 * The state panel: every state of a connection, its count, its history.
 *
 * The order is that of a connection's life, the side that closes first on the
 * right.  States that RFC 793 does not have appear when there are any.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "model/panel_counts.h"
#include "ui/span.h"
#include "ui/views.h"

static const uint8_t always[] = {
	STATE_LISTEN,	  STATE_SYN_SENT,   STATE_SYN_RECEIVED, STATE_ESTABLISHED,
	STATE_CLOSE_WAIT, STATE_FIN_WAIT_1, STATE_FIN_WAIT_2,	STATE_CLOSING,
	STATE_LAST_ACK,	  STATE_TIME_WAIT,
};

#define ALWAYS (sizeof(always) / sizeof(always[0]))

size_t text_thousands(char *out, uint64_t n)
{
	char digits[24];
	size_t len = text_u64(digits, n);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[used++] = ',';
		out[used++] = digits[i];
	}
	out[used] = '\0';
	return used;
}

size_t panel_states(const struct ui *ui, uint8_t *states)
{
	size_t count = ALWAYS;

	memcpy(states, always, sizeof(always));
	for (unsigned int s = 0; s < STATE_COUNT; s++)
		if (!memchr(always, (int)s, sizeof(always)) && ui->data.counts[s])
			states[count++] = (uint8_t)s;
	return count;
}

/* The states, and what else there is. */
static size_t entries_of(const struct ui *ui, uint8_t *entries)
{
	size_t count = panel_states(ui, entries);

	if (ui->data.others)
		entries[count++] = PANEL_OTHERS;
	return count;
}

/* Is UDP all that there is beside TCP? */
static bool others_are_udp(const struct ui *ui)
{
	const proto_set udp = PROTO_BIT(PROTO_UDP) | PROTO_BIT(PROTO_UDPLITE);

	return !(ui->data.protos & ~(PROTO_BIT(PROTO_TCP) | udp));
}

const char *panel_name(const struct ui *ui, unsigned int entry)
{
	if (entry < STATE_COUNT)
		return state_name((enum state)entry, ui->names);
	return others_are_udp(ui) ? "UDP-ESTAB" : "NOT-TCP";
}

const char *panel_plain(const struct ui *ui, unsigned int entry)
{
	if (entry < STATE_COUNT)
		return state_info((enum state)entry)->plain;
	return others_are_udp(ui) ?
		       "Not TCP: UDP with a peer, which is ESTABLISHED to the kernel." :
		       "Not TCP, in a state that is counted of TCP alone.";
}

bool panel_has_others(const struct ui *ui)
{
	return panel_others_states(ui->data.protos);
}

static uint32_t count_of(const struct ui *ui, unsigned int entry)
{
	return entry < STATE_COUNT ? ui->data.counts[entry] : ui->data.others;
}

bool panel_knows(const struct ui *ui, unsigned int entry)
{
	const state_set states = entry < STATE_COUNT ? STATE_BIT(entry) :
						       panel_others_states(ui->data.protos);

	return count_of(ui, entry) || !(ui->data.uncounted & states);
}

size_t panel_count_text(const struct ui *ui, unsigned int entry, char *out)
{
	if (panel_knows(ui, entry))
		return text_thousands(out, count_of(ui, entry));
	out[0] = '-';
	out[1] = '\0';
	return 1;
}

state_set panel_entry_of(const struct ui *ui, const struct sock *sk)
{
	const state_set state = STATE_BIT(sk->state);

	return panel_counts_states(ui->data.protos, sk->proto) & state ? state :
									 STATE_BIT(PANEL_OTHERS);
}

/* Names and figures of the panel take that much room. */
static int name_width(const struct ui *ui)
{
	uint8_t entries[STATE_COUNT + 1];
	size_t count = entries_of(ui, entries);
	size_t width = 0;

	for (size_t i = 0; i < count; i++) {
		const char *name = panel_name(ui, entries[i]);
		size_t cells = utf8_cells(name, strlen(name), false);

		if (cells > width)
			width = cells;
	}
	return (int)width;
}

static int count_width(const struct ui *ui)
{
	size_t width = 5;

	for (unsigned int entry = 0; entry <= PANEL_OTHERS; entry++) {
		char text[32];
		size_t len = panel_count_text(ui, entry, text);

		if (len > width)
			width = len;
	}
	return (int)width;
}

struct layout {
	int columns; /* of entries */
	int rows;
	int name;    /* cells of each part of an entry */
	int count;
	int spark;
	int entry;
};

static struct layout layout_of(const struct ui *ui, int cols, bool sparks)
{
	struct layout l = { .name = name_width(ui), .count = count_width(ui) };
	uint8_t entries[STATE_COUNT + 1];
	int count = (int)entries_of(ui, entries);
	int bare = 1 + l.name + 1 + l.count + 1;

	l.columns = 2;
	if (!sparks && cols / bare > 2)
		l.columns = cols / bare;
	if (l.columns > 5)
		l.columns = 5;
	l.entry = cols / l.columns;
	if (bare > l.entry) {
		l.name -= bare - l.entry;
		bare = l.entry;
	}
	l.spark = sparks ? l.entry - bare - 1 : 0;
	if (l.spark < 6)
		l.spark = 0;
	l.rows = (count + l.columns - 1) / l.columns;
	return l;
}

/* The stretch of history that @cells cells show. */
static const struct span *span_of(const struct ui *ui, int cells)
{
	size_t count;
	const struct span *spans = spans_all(&count);
	int i = 0;

	if (ui->span >= 0)
		return &spans[ui->span];
	/* a cell of at most 6 seconds */
	while (i < 2 && (int)spans[i + 1].slots <= cells * 6)
		i++;
	return &spans[i];
}

#define SPARK_CELLS_MAX 512

static void spark_draw(const struct ui *ui, struct canvas *c, int row, int col, int cells,
		       enum state state, enum role role)
{
	const struct span *span = span_of(ui, cells);
	uint32_t values[SPARK_CELLS_MAX];
	uint32_t top = 0;
	int each;
	int used;

	if (cells > SPARK_CELLS_MAX)
		cells = SPARK_CELLS_MAX;
	if (!ui->data.history || cells <= 0)
		return;
	each = ((int)span->slots + cells - 1) / cells;
	used = (int)span->slots / each;
	for (int i = 0; i < used; i++) {
		struct stretch part = { (size_t)((used - 1 - i) * each), (size_t)each };
		struct history_slot seen = span_look(ui->data.history, span, state, part);

		values[i] = seen.samples ? seen.max : SPARK_GAP;
		if (values[i] != SPARK_GAP && values[i] > top)
			top = values[i];
	}
	canvas_spark(c, row, col, used, role, values, span_scale(top));
}

/* Health has something to say about it. */
static bool is_marked(const struct ui *ui, enum state state)
{
	const struct ui_troubles *t = &ui->data.troubles;

	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].marked & STATE_BIT(state))
			return true;
	return false;
}

static enum role role_of_entry(unsigned int entry)
{
	return role_of_state(entry < STATE_COUNT ? (enum state)entry : STATE_ESTABLISHED);
}

static void entry_draw(const struct ui *ui, struct canvas *c, int row, int col,
		       const struct layout *l, unsigned int entry)
{
	uint32_t count = count_of(ui, entry);
	enum role role = count ? role_of_entry(entry) : ROLE_QUIET;
	char text[32];
	size_t len = panel_count_text(ui, entry, text);
	bool only = ui->only & STATE_BIT(entry);

	/* not padded: without colours roles underline */
	if (only)
		canvas_text(c, row, col, 1, ROLE_CHANGED, ">");
	else if (entry < STATE_COUNT && is_marked(ui, (enum state)entry))
		canvas_text(c, row, col, 1, ROLE_WARNING, "!");
	canvas_name(c, row, col + 1, l->name, role, panel_name(ui, entry));
	canvas_right(c, row, col + 2 + l->name, l->count, count ? ROLE_STRONG : ROLE_QUIET, text,
		     len);
	if (l->spark && entry < STATE_COUNT && panel_knows(ui, entry))
		spark_draw(ui, c, row, col + 3 + l->name + l->count, l->spark, (enum state)entry,
			   role);
}

int panel_rows(const struct ui *ui, int cols, bool sparks)
{
	return layout_of(ui, cols, sparks).rows;
}

/*
 * Where entry @i goes: down the columns; with two of them what RFC 793 does not
 * have comes below the others, so that these keep their places.
 */
static void entry_place(const struct layout *l, int i, int *row, int *column)
{
	int half = (int)ALWAYS / 2;

	*row = i % l->rows;
	*column = i / l->rows;
	if (l->columns == 2 && i < (int)ALWAYS) {
		*row = i % half;
		*column = i / half;
	} else if (l->columns == 2) {
		*row = half + (i - (int)ALWAYS) / 2;
		*column = (i - (int)ALWAYS) % 2;
	}
}

void panel_draw(struct ui *ui, struct canvas *c, struct area area, bool sparks)
{
	struct layout l = layout_of(ui, area.cols, sparks);
	uint8_t entries[STATE_COUNT + 1];
	int count = (int)entries_of(ui, entries);

	for (int i = 0; i < count; i++) {
		struct area entry = { .rows = 1, .cols = l.entry };
		int row;
		int column;

		entry_place(&l, i, &row, &column);
		entry.row = area.row + row;
		entry.col = area.col + column * l.entry;
		entry_draw(ui, c, entry.row, entry.col, &l, entries[i]);
		ui_spot(ui, entry, press_state, entries[i]);
	}
}

void panel_span_text(const struct ui *ui, int cols, char *out, size_t size)
{
	struct layout l = layout_of(ui, cols, true);

	out[0] = '\0';
	if (l.spark)
		snprintf(out, size, "last %s", span_of(ui, l.spark)->name);
}

const struct span *panel_span(const struct ui *ui, int cols)
{
	return span_of(ui, layout_of(ui, cols, true).spark);
}

void panel_zoom(struct ui *ui, int step)
{
	size_t count;
	const struct span *spans = spans_all(&count);
	int to = (int)(panel_span(ui, ui->cols) - spans) + step;

	if (to >= 0 && to < (int)count)
		ui->span = to;
	ui_say(ui, "history of the last %s", panel_span(ui, ui->cols)->name);
}
