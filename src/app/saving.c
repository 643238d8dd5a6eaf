/* What is shown, to a file: see saving.h. */
#include "config.h"

#include "app/saving.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/document.h"
#include "app/listing.h"
#include "base/loop.h"
#include "ui/views.h"

/* Rows that the kernel is asked about at once. */
#define BATCH 256

/* How long a step may take, and rows of a sheet between two looks at the clock. */
#define SLICE_NS UINT64_C(4000000)
#define SHEET_BATCH 64

#define PATH_BYTES 4096

struct saving {
	struct copy copy;
	char path[PATH_TYPED_MAX]; /* as it was typed */
	char expanded[PATH_BYTES];
	int fd;
	const struct format *format; /* NULL: the screen */
	struct options options;
	struct document document;
	struct writer *writer;
	const struct field *fields[COLUMNS_MAX];
	struct field made[COLUMNS_MAX]; /* of a sheet */
	const struct sheet *sheet;	/* NULL: sockets */
	size_t sheet_fields;
	void *held; /* its rows, as they were; NULL: they are few */
	struct error error;
	const struct view_class *view; /* that was looked at when the file was asked for, */
	const struct sheet *asked;     /* its rows, NULL: sockets, */
	bool one;		       /* or one of them */
	size_t count; /* of rows */
	size_t *rows; /* places in the snapshot, or rows of the sheet */
	size_t at;    /* the next to be written */

	/* the table of connections, or one socket of it */
	struct column_list columns;
	struct listing listing;
	bool has_facts; /* the snapshot has all that the columns need */
	bool unknown;	/* what the application alone knows is to be looked up */
};

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

/* "~/" is the home folder, as everywhere. */
static int expand(char *out, size_t size, const char *path, struct error *err)
{
	const char *home = !strncmp(path, "~/", 2) ? getenv("HOME") : NULL;
	int len = snprintf(out, size, "%s%s", home ? home : "", home ? path + 1 : path);

	return len < (int)size ? 0 : error_set(err, ENAMETOOLONG, "cannot write '%s'", path);
}

static int write_screen(struct saving *s)
{
	const struct canvas *c = s->copy.canvas;
	size_t size = canvas_row_max(c);
	char *row = malloc(size);
	struct buffer out;
	int failed;

	if (!row)
		return error_set(&s->error, ENOMEM, "cannot write the screen");
	buffer_init(&out, s->fd);
	ui_draw(s->copy.ui, s->copy.canvas);
	for (int i = 0; i < c->rows; i++) {
		buffer_put(&out, row, canvas_row(c, i, row, size));
		buffer_putc(&out, '\n');
	}
	failed = buffer_flush(&out, &s->error);
	buffer_fini(&out);
	free(row);
	return failed;
}

static int open_writer(struct saving *s, size_t fields, const char *rows_key)
{
	s->options.format = s->format;
	s->options.template = NULL;
	s->options.no_header = false;
	s->document.out.fd = s->fd;
	s->writer = document_open(&s->document, &s->options, s->fields, fields, rows_key,
				  &s->error);
	return s->writer ? 0 : -1;
}

/* The rows of a sheet, in the order of the screen: which, once and for all. */
static int begin_sheet(struct saving *s, const struct sheet *sheet)
{
	struct ui *ui = s->copy.ui;
	size_t fields = sheet->fields(ui, s->made);
	bool arranged = ui->view->sheet == sheet;

	for (size_t i = 0; i < fields; i++)
		s->fields[i] = &s->made[i];
	s->sheet = sheet;
	s->sheet_fields = fields;
	s->count = sheet->count(ui);
	s->rows = calloc(s->count + 1, sizeof(*s->rows));
	s->held = sheet->hold ? sheet->hold(ui) : NULL;
	if (!s->rows || (sheet->hold && !s->held))
		return error_set(&s->error, ENOMEM, "cannot write the rows");
	for (size_t rank = 0; rank < s->count; rank++)
		s->rows[rank] = arranged ? arrangement_row(arrangement_of(ui), rank) : rank;
	return open_writer(s, fields, sheet->rows);
}

static struct value sheet_cell(const struct saving *s, size_t field, char *text)
{
	const struct sheet *sheet = s->sheet;
	size_t row = s->rows[s->at];

	return s->held ? sheet->held_cell(s->held, row, field, text) :
			 sheet->cell(s->copy.ui, row, field, text);
}

static int write_sheet_row(struct saving *s)
{
	struct value cells[COLUMNS_MAX];
	char texts[4][SHEET_TEXT];
	size_t used = 0;

	for (size_t i = 0; i < s->sheet_fields; i++) {
		cells[i] = sheet_cell(s, i, texts[used]);
		used += cells[i].kind == VALUE_TEXT && cells[i].text == texts[used] && used < 3;
	}
	s->at++;
	return writer_row(s->writer, cells, &s->error);
}

/* Those that are not held are few, and written at once.  As write_on(). */
static int write_sheet(struct saving *s, uint64_t until_ns)
{
	while (s->at < s->count) {
		if (write_sheet_row(s))
			return -1;
		if (s->held && s->at % SHEET_BATCH == 0 && loop_now_ns() > until_ns)
			return 1;
	}
	document_source(&s->document, s->copy.ui->data.source_name);
	return writer_end(s->writer, &s->error);
}

/* Which rows there are, once and for all. */
static int take_rows(struct saving *s)
{
	const struct ui *ui = s->copy.ui;

	s->count = s->one ? 1 : result_count(ui->result);
	s->rows = calloc(s->count + 1, sizeof(*s->rows));
	if (!s->rows)
		return error_set(&s->error, ENOMEM, "cannot write the rows");
	if (s->one) {
		s->rows[0] = ui->selected_index;
		return 0;
	}
	result_order(ui->result, 0, s->count);
	for (size_t i = 0; i < s->count; i++)
		s->rows[i] = result_index(ui->result, i);
	return 0;
}

/* The details of one socket are all columns of it. */
static int begin_rows(struct saving *s)
{
	const struct ui *ui = s->copy.ui;

	if (!ui->data.snapshot)
		return error_set(&s->error, 0, "there are no rows yet");
	if (s->one && ui->selected_index == SIZE_MAX)
		return error_set(&s->error, 0, "this socket is gone");
	if (s->one && column_list_parse(&s->columns, "all", &s->error))
		return -1;
	listing_fields(&s->columns, s->fields);
	if (take_rows(s) || open_writer(s, s->columns.count, "sockets"))
		return -1;
	listing_init(&s->listing, s->writer, &s->columns, 0, &s->error);
	feed_forget(s->copy.feed);
	s->unknown = column_list_facts(&s->columns) & (FACT_OWNERS | FACT_USER_NAMES);
	return 0;
}

/* The rows from s->at on, at most BATCH, with all that their columns need. */
static int write_batch(struct saving *s)
{
	struct ui *ui = s->copy.ui;
	size_t count = s->count - s->at < BATCH ? s->count - s->at : BATCH;
	struct sock *socks = calloc(BATCH, sizeof(*socks));

	if (!socks)
		return error_set(&s->error, ENOMEM, "cannot write the rows");
	for (size_t i = 0; i < count; i++)
		snapshot_sock(ui->data.snapshot, s->rows[s->at + i], &socks[i]);
	ui_set_exact(ui, s->has_facts ? NULL :
					s->copy.feed->class->exact(s->copy.feed->self, socks, count,
								   column_list_facts(&s->columns)));
	for (size_t i = 0; i < count && !s->listing.failed; i++) {
		struct track track;
		struct row row;
		bool tracked = connections_track(ui, &socks[i], &track);

		connections_add_exact(ui, &socks[i]);
		connections_row(ui, &socks[i], tracked ? &track : NULL, &row);
		listing_row(&s->listing, &row);
	}
	ui_set_exact(ui, NULL);
	free(socks);
	s->at += count;
	return s->listing.failed ? -1 : 0;
}

/* What is looked at as rows; NULL: sockets. */
static const struct sheet *sheet_now(const struct ui *ui)
{
	const struct mode_class *mode = ui_mode_drawn(ui);

	return mode->sheet || mode == &mode_detail ? mode->sheet : ui->view->sheet;
}

static bool shows_one(const struct ui *ui)
{
	return ui_mode_drawn(ui) == &mode_detail;
}

/* The rows of what was looked at, while it still is. */
static int begin_writing(struct saving *s)
{
	const struct ui *ui = s->copy.ui;

	if (ui->view != s->view || sheet_now(ui) != s->asked || shows_one(ui) != s->one)
		return error_set(&s->error, 0, "another view was chosen");
	return s->asked ? begin_sheet(s, s->asked) : begin_rows(s);
}

/* 1: there is more; 0: all is written; -1 with the error set. */
static int write_on(struct saving *s)
{
	const struct ui *ui = s->copy.ui;
	uint64_t until_ns = loop_now_ns() + SLICE_NS;

	if (!s->format)
		return write_screen(s);
	if (!s->writer && begin_writing(s))
		return -1;
	if (s->sheet)
		return write_sheet(s, until_ns);
	if (s->unknown) {
		s->unknown = !s->copy.feed->class->look_up_all(s->copy.feed->self,
							       ui->data.snapshot);
		return 1;
	}
	while (s->at < s->count) {
		if (write_batch(s))
			return -1;
		if (loop_now_ns() > until_ns && s->at < s->count)
			return 1;
	}
	document_source(&s->document, s->copy.ui->data.source_name);
	return writer_end(s->writer, &s->error);
}

struct saving *saving_open(const struct copy *copy, const char *path, struct error *err)
{
	struct saving *s = calloc(1, sizeof(*s));

	if (!s) {
		error_set(err, ENOMEM, "cannot write '%s'", path);
		return NULL;
	}
	s->copy = *copy;
	s->view = copy->ui->view;
	s->asked = sheet_now(copy->ui);
	s->one = shows_one(copy->ui);
	s->columns = copy->ui->columns;
	s->options = *copy->session->o;
	s->format = format_of(path);
	document_init(&s->document);
	snprintf(s->path, sizeof(s->path), "%s", path);
	/* never another file: who looks at sockets is often root */
	s->fd = -1;
	if (!expand(s->expanded, sizeof(s->expanded), path, err)) {
		s->fd = open(s->expanded, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (s->fd >= 0)
			return s;
		error_set(err, errno, "cannot write '%s'", path);
	}
	saving_close(s);
	return NULL;
}

unsigned int saving_facts(const struct saving *s)
{
	if (!s->format || s->one || s->asked)
		return 0;
	return column_list_facts(&s->columns) & FACTS_OF_DUMP;
}

void saving_has_facts(struct saving *s)
{
	s->has_facts = true;
}

bool saving_has_begun(const struct saving *s)
{
	return s->writer;
}

bool saving_step(struct saving *s, char *what, size_t size)
{
	int more = write_on(s);

	if (more > 0)
		return false;
	if (!more && close(s->fd))
		more = error_set(&s->error, errno, "cannot write '%s'", s->path);
	else if (more)
		close(s->fd);
	s->fd = -1;
	if (more)
		snprintf(what, size, "not written: %s", s->error.text);
	else if (s->format)
		snprintf(what, size, "wrote %zu rows as %s to %s", s->count, s->format->name,
			 s->path);
	else
		snprintf(what, size, "wrote the screen to %s", s->path);
	if (more)
		unlink(s->expanded);
	return true;
}

void saving_close(struct saving *s)
{
	if (!s)
		return;
	if (s->fd >= 0) {
		close(s->fd);
		unlink(s->expanded);
	}
	document_close(&s->document, s->writer);
	if (s->held)
		s->sheet->release(s->copy.ui, s->held);
	free(s->rows);
	free(s);
}
