/* Searching the table of connections, in pieces: see work.h. */
#include "config.h"

#include <string.h>

#include "query/value.h"
#include "ui/views.h"

static unsigned char folded(char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : (unsigned char)c;
}

/* Is @needle in @text, whatever the case of ASCII letters? */
static bool contains(const char *text, size_t len, const char *needle)
{
	size_t needle_len = strlen(needle);
	unsigned char first = folded(*needle);

	for (size_t i = 0; i + needle_len <= len; i++) {
		size_t same = 0;

		if (folded(text[i]) != first)
			continue;
		while (same < needle_len && folded(text[i + same]) == folded(needle[same]))
			same++;
		if (same == needle_len)
			return true;
	}
	return false;
}

static bool row_matches(const struct ui *ui, size_t rank)
{
	struct value_style style = { .names = ui->names };
	struct track track;
	struct sock sk;
	struct row row;

	snapshot_sock(ui->data.snapshot, result_index(ui->result, rank), &sk);
	connections_row(ui, &sk, connections_track(ui, &sk, &track) ? &track : NULL, &row);
	for (size_t i = 0; i < ui->columns.count; i++) {
		const struct column *column = ui->columns.column[i];
		struct value v;
		char text[256];
		size_t len;

		connections_value(ui, column, &row, &v);
		if (v.kind == VALUE_NONE)
			continue;
		len = value_format(text, sizeof(text), &v, &column->field, &style);
		if (contains(text, len, ui->search))
			return true;
	}
	return false;
}

void search_begin(struct ui *ui, size_t from, bool backward)
{
	struct work *w = &ui->work;

	w->searching = true;
	w->backward = backward;
	w->search_from = from;
	w->searched = 0;
	ui_work(ui, SEARCH_AT_ONCE);
}

static size_t rank_of(const struct work *w, size_t count)
{
	size_t from = w->search_from % count;

	return w->backward ? (from + count - w->searched) % count : (from + w->searched) % count;
}

bool search_step(struct ui *ui, size_t rows)
{
	struct work *w = &ui->work;
	size_t count = ui->data.snapshot ? result_count(ui->result) : 0;

	for (; w->searched < count; w->searched++, rows--) {
		size_t rank = rank_of(w, count);

		if (!rows)
			return true;
		result_order(ui->result, rank, 1);
		if (!row_matches(ui, rank))
			continue;
		list_to(&ui->list, rank);
		connections_select(ui);
		return false;
	}
	ui_say(ui, "no row has '%s'", ui->search);
	return false;
}
