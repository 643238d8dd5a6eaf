/* What leaves the live view: see copy.h. */
#include "config.h"

#include "app/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/document.h"
#include "app/listing.h"
#include "app/when.h"
#include "base/utf8.h"
#include "ui/settings.h"
#include "ui/views.h"

/* Rows that the kernel is asked about at once. */
#define BATCH 256

/* The format that the name of a file asks for; NULL: the screen. */
static const struct format *format_of(const char *path)
{
	static const char *const formats[] = { "json", "jsonl", "csv", "tsv" };
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(dot + 1, formats[i]))
			return format_find(formats[i]);
	return NULL;
}

/* The rows of the table from @first on, at most BATCH, with all that their columns need. */
static int write_batch(const struct copy *copy, size_t first, size_t count, unsigned int facts,
		       struct listing *l)
{
	struct ui *ui = copy->ui;
	struct sock *socks = calloc(BATCH, sizeof(*socks));

	if (!socks)
		return error_set(l->err, ENOMEM, "cannot write the rows");
	for (size_t i = 0; i < count; i++)
		snapshot_sock(ui->data.snapshot, result_index(ui->result, first + i), &socks[i]);
	ui_set_exact(ui, copy->feed->class->exact(copy->feed->self, socks, count, facts));
	for (size_t i = 0; i < count && !l->failed; i++) {
		struct track track;
		struct row row;
		bool tracked = connections_track(ui, &socks[i], &track);

		connections_add_exact(ui, &socks[i]);
		connections_row(ui, &socks[i], tracked ? &track : NULL, &row);
		listing_row(l, &row);
	}
	ui_set_exact(ui, NULL);
	free(socks);
	return l->failed ? -1 : 0;
}

static int write_rows(const struct copy *copy, struct writer *w, struct error *err)
{
	unsigned int facts = column_list_facts(&copy->ui->columns);
	size_t count = result_count(copy->ui->result);
	struct listing l;

	listing_init(&l, w, &copy->ui->columns, 0, err);
	result_order(copy->ui->result, 0, count);
	if (copy->feed->class->look_up_all(copy->feed->self, copy->ui->data.snapshot, facts, err))
		return -1;
	for (size_t i = 0; i < count; i += BATCH)
		if (write_batch(copy, i, count - i < BATCH ? count - i : BATCH, facts, &l))
			return -1;
	return writer_end(w, err);
}

static int write_table(const struct copy *copy, int fd, const struct format *format,
		       struct error *err)
{
	struct options o = *copy->session->o;
	const struct field *fields[COLUMNS_MAX];
	struct document document;
	struct writer *w;
	int failed = -1;

	if (!copy->ui->data.snapshot)
		return error_set(err, 0, "there are no rows yet");
	o.format = format;
	o.template = NULL;
	o.no_header = false;
	listing_fields(&copy->ui->columns, fields);
	document_init(&document);
	document.out.fd = fd;
	w = document_open(&document, &o, fields, copy->ui->columns.count, "sockets", err);
	if (w)
		failed = write_rows(copy, w, err);
	document_close(&document, w);
	return failed;
}

static int write_screen(const struct copy *copy, int fd, struct error *err)
{
	size_t size = canvas_row_max(copy->canvas);
	char *row = malloc(size);
	struct buffer out;
	int failed;

	if (!row)
		return error_set(err, ENOMEM, "cannot write the screen");
	buffer_init(&out, fd);
	ui_draw(copy->ui, copy->canvas);
	for (int i = 0; i < copy->canvas->rows; i++) {
		buffer_put(&out, row, canvas_row(copy->canvas, i, row, size));
		buffer_putc(&out, '\n');
	}
	failed = buffer_flush(&out, err);
	buffer_fini(&out);
	free(row);
	return failed;
}

/* "~/" is the home folder, as everywhere. */
static int expand(char *out, size_t size, const char *path, struct error *err)
{
	const char *home = !strncmp(path, "~/", 2) ? getenv("HOME") : NULL;
	int len = snprintf(out, size, "%s%s", home ? home : "", home ? path + 1 : path);

	return len < (int)size ? 0 : error_set(err, ENAMETOOLONG, "cannot write '%s'", path);
}

int copy_to_file(const struct copy *copy, const char *path, char *what, size_t size,
		 struct error *err)
{
	const struct format *format = format_of(path);
	char expanded[4096];
	int failed;
	int fd;

	if (expand(expanded, sizeof(expanded), path, err))
		return -1;
	/* never another file: who looks at sockets is often root */
	fd = open(expanded, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_set(err, errno, "cannot write '%s'", path);
	failed = format ? write_table(copy, fd, format, err) : write_screen(copy, fd, err);
	if (close(fd) && !failed)
		failed = error_set(err, errno, "cannot write '%s'", path);
	if (failed)
		unlink(expanded);
	else if (format)
		snprintf(what, size, "wrote %zu rows as %s to %s", result_count(copy->ui->result),
			 format->name, path);
	else
		snprintf(what, size, "wrote the screen to %s", path);
	return failed;
}

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

static void put_filter(const struct copy *copy, struct buffer *out)
{
	const struct ui *ui = copy->ui;
	const char *filter = ui_filter_text(ui) ? ui_filter_text(ui) : "";
	char states[512] = "";
	char text[1024];
	size_t used = 0;

	/* the file of -F is among the options */
	if (!strncmp(filter, "(file) ", 7))
		filter += 7;
	for (unsigned int s = 0; s < STATE_COUNT && used < sizeof(states); s++)
		if (ui->only & STATE_BIT(s))
			used += (size_t)snprintf(states + used, sizeof(states) - used, "%sstate %s",
						 used ? " or " : "",
						 state_info((enum state)s)->name);
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
