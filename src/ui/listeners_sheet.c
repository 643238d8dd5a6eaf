/* The rows of the view of listeners as cells: for its columns, its order, and files. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/arrange.h"
#include "ui/listeners.h"
#include "ui/short_names.h"
#include "ui/views.h"

/* The columns as cells, with names that are kept; then what only a file tells. */
static const struct field choice[LISTENER_COLUMNS] = {
	[LISTENER_LOCAL] = { .name = "local", .title = "LOCAL", .kind = VALUE_ENDPOINT,
			     .help = "Address and port that is listened on." },
	[LISTENER_PROCESS] = { .name = "process", .title = "PROCESS", .kind = VALUE_TEXT,
			       .help = "Who listens." },
	[LISTENER_GAUGE] = { .name = "used", .title = "BACKLOG", .kind = VALUE_RATIO,
			     .align = ALIGN_RIGHT,
			     .help = "How full the queue of connections to be accepted is." },
	[LISTENER_BACKLOG] = { .name = "waiting", .title = "NOW/MAX", .kind = VALUE_COUNT,
			       .align = ALIGN_RIGHT,
			       .help = "Connections that wait to be accepted, and how many may." },
	[LISTENER_CHILDREN] = { .name = "children", .title = "CHILDREN", .kind = VALUE_COUNT,
				.align = ALIGN_RIGHT,
				.help = "Connections that came through the listener." },
	[LISTENER_EXPOSURE] = { .name = "exposure", .title = "EXPOSURE", .kind = VALUE_TEXT,
				.help = "From where it can be reached: loopback, private, public, "
					"all." },
	[LISTENER_DROPS] = { .name = "dropped", .title = "DROPPED", .kind = VALUE_COUNT,
			     .align = ALIGN_RIGHT,
			     .help = "Connections that it dropped since it was opened." },
	[LISTENER_RATE] = { .name = "dropped_per_second", .title = "DROPPED/s",
			    .kind = VALUE_RATIO, .align = ALIGN_RIGHT,
			    .help = "Connections that it drops in a second." },
	[LISTENER_STATES] = { .name = "states", .title = "CHILDREN BY STATE", .kind = VALUE_TEXT,
			      .help = "In which states its connections are." },
};

enum { FIELD_SOCKETS = LISTENER_COLUMNS, FIELD_BACKLOG, FIELDS };

static const struct field sockets_field = { .name = "sockets", .title = "SOCKETS",
					    .kind = VALUE_COUNT, .align = ALIGN_RIGHT };
static const struct field backlog_field = { .name = "backlog", .title = "BACKLOG",
					    .kind = VALUE_COUNT, .align = ALIGN_RIGHT };

/* Addresses that no router of the internet carries on: RFC 1918, 6598, 3927, 4193, 4291. */
static bool is_private(const struct endpoint *e)
{
	const uint8_t *b = e->bytes;

	if (e->family == ADDR_V6)
		return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
	       (b[0] == 100 && (b[1] & 0xc0) == 64) || (b[0] == 169 && b[1] == 254);
}

const char *listener_exposure(const struct endpoint *e)
{
	if (addr_is_any((enum addr_family)e->family, e->bytes))
		return "all";
	if (addr_is_loopback((enum addr_family)e->family, e->bytes))
		return "loopback";
	return is_private(e) ? "private" : "public";
}

/* "ESTAB 3, TIME-W 1" */
static struct value states_value(const uint64_t *states, enum dialect names, char *text)
{
	size_t used = 0;

	for (unsigned int s = 0; s < STATE_COUNT && used < SHEET_TEXT; s++)
		if (states[s])
			used += (size_t)snprintf(text + used, SHEET_TEXT - used, "%s%s %llu",
						 used ? ", " : "",
						 state_short_name((enum state)s, names),
						 (unsigned long long)states[s]);
	return value_text(text, used < SHEET_TEXT ? used : SHEET_TEXT - 1);
}

/* What each field of a row is; a text may be made in @text. */

static const struct sock *first_of(const struct ui *ui, const struct listener_row *row)
{
	return &ui->listeners->sockets[row->first].sock;
}

static struct value get_local(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)text;
	return (struct value){ .kind = VALUE_ENDPOINT, .endpoint = &first_of(ui, row)->local };
}

/* What the source completes is valid until the next row: it is copied. */
static struct value get_process(const struct ui *ui, const struct listener_row *row, char *text)
{
	struct row complete = { .sock = first_of(ui, row), .now_ns = ui->listeners->taken_ns };
	int len;

	if (ui->data.source)
		ui->data.source->complete(ui->data.source->context, &complete);
	if (!complete.process)
		return value_none();
	len = snprintf(text, SHEET_TEXT, "%s", complete.process);
	return value_text(text, len < SHEET_TEXT ? (size_t)len : SHEET_TEXT - 1);
}

static struct value get_used(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return row->backlog_known && row->backlog ?
		       value_ratio((double)row->waiting / (double)row->backlog) :
		       value_none();
}

static struct value get_waiting(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return value_count(row->waiting);
}

static struct value get_children(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return value_count(row->children);
}

static struct value get_exposure(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)text;
	return value_string(listener_exposure(&first_of(ui, row)->local));
}

static struct value get_dropped(const struct ui *ui, const struct listener_row *row, char *text)
{
	uint64_t all;

	(void)text;
	return listeners_dropped(ui->listeners, row, &all) ? value_count(all) : value_none();
}

static struct value get_rate(const struct ui *ui, const struct listener_row *row, char *text)
{
	double rate;

	(void)text;
	return listeners_drop_rate(ui->listeners, row, &rate) ? value_ratio(rate) : value_none();
}

static struct value get_states(const struct ui *ui, const struct listener_row *row, char *text)
{
	return states_value(row->states, ui->names, text);
}

static struct value get_sockets(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return value_count(row->count);
}

static struct value get_backlog(const struct ui *ui, const struct listener_row *row, char *text)
{
	(void)ui, (void)text;
	return row->backlog_known ? value_count(row->backlog) : value_none();
}

static struct value (*const getters[FIELDS])(const struct ui *ui, const struct listener_row *row,
					     char *text) = {
	[LISTENER_LOCAL] = get_local,	  [LISTENER_PROCESS] = get_process,
	[LISTENER_GAUGE] = get_used,	  [LISTENER_BACKLOG] = get_waiting,
	[LISTENER_CHILDREN] = get_children, [LISTENER_EXPOSURE] = get_exposure,
	[LISTENER_DROPS] = get_dropped,	  [LISTENER_RATE] = get_rate,
	[LISTENER_STATES] = get_states,	  [FIELD_SOCKETS] = get_sockets,
	[FIELD_BACKLOG] = get_backlog,
};

static struct value cell(const struct ui *ui, size_t row, size_t field, char *text)
{
	return getters[field](ui, &ui->listeners->rows[row], text);
}

static size_t fields(const struct ui *ui, struct field *out)
{
	(void)ui;
	memcpy(out, choice, sizeof(choice));
	out[FIELD_SOCKETS] = sockets_field;
	out[FIELD_BACKLOG] = backlog_field;
	return FIELDS;
}

static size_t row_count(const struct ui *ui)
{
	return ui->listeners->row_count;
}

const struct sheet listeners_sheet = {
	.rows = "listeners", .choice = choice, .columns = LISTENER_COLUMNS,
	.fields = fields, .count = row_count, .cell = cell,
};

