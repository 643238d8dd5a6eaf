/* What leaves the live view: see copy.h. */
#include "config.h"

#include "app/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/listing.h"
#include "app/when.h"
#include "base/utf8.h"
#include "model/panel_counts.h"
#include "ui/settings.h"
#include "ui/views.h"

int copy_row(const struct copy *copy, struct buffer *out, struct error *err)
{
	struct ui *ui = copy->ui;
	const struct field *fields[COLUMNS_MAX];
	struct writer_options options = {
		.fields = fields, .count = ui->columns.count,
		.style = { .names = ui->names, .ascii = !utf8_locale() },
	};
	struct listing l;
	struct track track;
	struct sock sk;
	struct row row;
	struct writer *w;
	bool tracked;
	int failed;

	if (!connections_selected(ui, &sk, &track, &tracked))
		return error_set(err, 0, "no row is selected");
	connections_add_exact(ui, &sk);
	connections_row(ui, &sk, tracked ? &track : NULL, &row);
	listing_fields(&ui->columns, fields);
	w = writer_open(format_find("table"), out, &options, err);
	if (!w)
		return -1;
	listing_init(&l, w, &ui->columns, 0, err);
	failed = listing_row(&l, &row) || writer_end(w, err) ? -1 : 0;
	writer_close(w);
	return failed;
}

/* A word as a shell takes it. */
static void put_word(struct buffer *out, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_-+=:,./@%";

	buffer_putc(out, ' ');
	if (*word && !word[strspn(word, plain)]) {
		buffer_puts(out, word);
		return;
	}
	buffer_putc(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buffer_puts(out, "'\\''");
		else
			buffer_putc(out, *word);
	}
	buffer_putc(out, '\'');
}

static void put_option(struct buffer *out, const char *name, const char *argument)
{
	buffer_puts(out, " --");
	buffer_puts(out, name);
	if (argument)
		put_word(out, argument);
}

/* What the view shows in its own way replaces what the command line said of it. */
static bool settled_by_view(const struct copy *copy, const char *name)
{
	return !strcmp(name, "sort") || (!strcmp(name, "columns") && copy->ui->chosen);
}

static void put_settings(const struct copy *copy, struct buffer *out)
{
	size_t count;
	const struct setting *all = settings_all(&count);
	char text[SETTING_BYTES];

	for (size_t i = 0; i < count; i++) {
		if (!settled_by_view(copy, all[i].name))
			continue;
		all[i].text(copy->ui, text);
		put_option(out, all[i].name, text);
	}
}

/* The moment of a recording: the one that is shown, not the one that was asked for. */
static void put_moment(const struct ui *ui, struct buffer *out)
{
	char at[WHEN_TEXT_MAX];

	if (!ui->data.replay || !ui->data.replay->moments)
		return;
	when_text(at, ui->data.wall_ns / 1000000);
	put_option(out, "at", at);
}

/* What is not of TCP, but for what is counted under the names of its states. */
static void others_text(const struct ui *ui, char *out, size_t size)
{
	const proto_set others = ui->data.protos & ~PROTO_BIT(PROTO_TCP);
	state_set counted = 0;
	size_t used = (size_t)snprintf(out, size, "proto != tcp");

	for (unsigned int p = 0; p < PROTO_COUNT; p++)
		if (others & PROTO_BIT(p))
			counted |= proto_info((enum proto)p)->states &
				   panel_counts_states(ui->data.protos, p);
	for (unsigned int s = 0; s < STATE_COUNT && used < size; s++)
		if (counted & STATE_BIT(s))
			used += (size_t)snprintf(out + used, size - used, " and not state %s",
						 state_info((enum state)s)->name);
}

/* An entry of the panel as a filter: the states of TCP may be those of TCP alone. */
static void entry_text(const struct ui *ui, unsigned int entry, char *out, size_t size)
{
	if (entry == PANEL_OTHERS)
		others_text(ui, out, size);
	else
		snprintf(out, size, "state %s%s", state_info((enum state)entry)->name,
			 panel_others_states(ui->data.protos) & STATE_BIT(entry) ?
				 " and proto = tcp" : "");
}

static void put_filter(const struct copy *copy, struct buffer *out)
{
	const struct ui *ui = copy->ui;
	const char *filter = ui_filter_text(ui) ? ui_filter_text(ui) : "";
	char states[2048] = "";
	char text[4096];
	size_t used = 0;

	/* the file of -F is among the options */
	if (!strncmp(filter, "(file) ", 7))
		filter += 7;
	for (unsigned int s = 0; s <= PANEL_OTHERS && used < sizeof(states); s++) {
		char entry[1024];

		if (!(ui->only & STATE_BIT(s)))
			continue;
		entry_text(ui, s, entry, sizeof(entry));
		used += (size_t)snprintf(states + used, sizeof(states) - used, "%s%s",
					 used ? " or " : "", entry);
	}
	snprintf(text, sizeof(text), *states && *filter ? "( %s ) and ( %s )" : "%s%s", states,
		 filter);
	if (*text)
		put_word(out, text);
}

void copy_command(const struct copy *copy, struct buffer *out)
{
	const struct options *o = copy->session->o;
	const struct command *list = command_find("list");

	buffer_puts(out, "connstate list");
	for (size_t i = 0; i < o->given_count; i++) {
		const struct given *g = &o->given[i];

		if (option_belongs(g->row, list) && !g->row->action && !g->row->command &&
		    !settled_by_view(copy, g->row->name) && strcmp(g->row->name, "at") != 0)
			put_option(out, g->row->name, g->argument);
	}
	put_moment(copy->ui, out);
	put_settings(copy, out);
	put_filter(copy, out);
}
