/*
 * connstate kill: close matching sockets in the kernel.
 *
 * What will be closed is shown first.  On a terminal the user is asked, elsewhere
 * --yes is needed.  The connections that carry this very session (SSH_CONNECTION)
 * are spared unless the filter names the port of the client.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "app/closing.h"
#include "app/columns.h"
#include "app/commands.h"
#include "app/document.h"
#include "app/documents.h"
#include "app/listing.h"
#include "app/options.h"
#include "app/own_session.h"
#include "app/say.h"
#include "app/session.h"
#include "collect/destroy.h"

struct kill {
	struct session *session;
	struct column_list columns;
	struct snapshot *snapshot;
	struct result *result;
	struct own_session own;
	size_t spared;
	size_t results[DESTROY_FAILED + 1];
	struct error *err;
};

static const struct field field_result = {
	.name = "result", .title = "RESULT", .kind = VALUE_TEXT, .width = 13,
	.help = "With kill: closed, gone already, not permitted, not supported by this kernel, "
		"impossible or failed."
};
static const struct field field_reason = {
	.name = "reason", .title = "REASON", .kind = VALUE_TEXT,
	.help = "With kill: why it was not closed."
};

static const struct field *const fields_of_kill[] = { &field_result, &field_reason };

const struct document_kind document_sockets = {
	.rows_key = "sockets",
	.help = "What list shows, and what kill did.",
	.fields = fields_of_kill,
	.count = sizeof(fields_of_kill) / sizeof(fields_of_kill[0]),
	.rows = DOCUMENT_COLUMNS,
};

static const struct field *const own_fields[] = { &field_result, &field_reason };

/* The sockets to close, in order; those of the own session are left out. */
static void sock_at(const struct kill *k, size_t i, struct sock *sk)
{
	snapshot_sock(k->snapshot, result_index(k->result, i), sk);
}

static bool spares(const struct kill *k, const struct sock *sk)
{
	return own_session_has(&k->own, sk);
}

/* Show what is going to be closed, on standard error when it has to be asked about. */
static int preview(struct kill *k)
{
	const struct field *fields[COLUMNS_MAX];
	const struct writer_options options = {
		.fields = fields, .count = k->columns.count, .header = true,
		.style = { .names = k->session->o->names },
	};
	struct buffer out;
	struct writer *w;
	struct listing l;
	int failed = -1;

	listing_fields(&k->columns, fields);
	buffer_init(&out, STDERR_FILENO);
	w = writer_open(format_find("table"), &out, &options, k->err);
	if (w) {
		listing_init(&l, w, &k->columns, 0, k->err);
		l.names = details_names(k->session->details);
		for (size_t i = 0; i < result_count(k->result); i++) {
			struct sock sk;
			struct row row = { .sock = &sk };

			sock_at(k, i, &sk);
			details_complete(k->session->details, &row);
			if (!spares(k, &sk))
				listing_row(&l, &row);
		}
		failed = writer_end(w, k->err);
	}
	writer_close(w);
	buffer_fini(&out);
	return failed;
}

/* "y" or "yes" on the terminal, and nothing else, is a yes. */
static bool is_confirmed(size_t count)
{
	char answer[16];

	fprintf(stderr, "Close %zu socket%s? [y/N] ", count, count == 1 ? "" : "s");
	fflush(stderr);
	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	answer[strcspn(answer, "\n")] = '\0';
	return !strcasecmp(answer, "y") || !strcasecmp(answer, "yes");
}

/* One socket: close it and write how that went. */
static int close_one(struct kill *k, struct destroyer *d, struct writer *w, const struct sock *sk)
{
	struct error why = { 0 };
	enum destroy_result result = destroyer_destroy(d, sk, &why);
	struct value cells[COLUMNS_MAX + 2];
	struct row row = { .sock = sk };

	details_complete(k->session->details, &row);
	k->results[result]++;
	cells[0] = value_string(closing_result_name(result));
	for (size_t i = 0; i < k->columns.count; i++)
		cells[i + 1] = column_value(k->columns.column[i], &row);
	cells[k->columns.count + 1] =
		result == DESTROY_DONE ? value_none() : value_string(why.text);
	return writer_row(w, cells, k->err);
}

static int close_all(struct kill *k, struct writer *w)
{
	struct destroyer d = { 0 };
	int failed = 0;

	for (size_t i = 0; i < result_count(k->result) && !failed; i++) {
		struct sock sk;

		sock_at(k, i, &sk);
		if (!spares(k, &sk))
			failed = close_one(k, &d, w, &sk);
	}
	destroyer_fini(&d);
	return failed || writer_end(w, k->err) ? -1 : 0;
}

static int close_and_report(struct kill *k)
{
	const struct field *fields[COLUMNS_MAX + 2] = { &field_result };
	struct document document;
	struct writer *w;
	int failed = -1;

	listing_fields(&k->columns, fields + 1);
	fields[k->columns.count + 1] = &field_reason;
	document_init(&document);
	document_source(&document, session_source(k->session));
	w = document_open(&document, k->session->o, fields, k->columns.count + 2,
			  document_sockets.rows_key, k->err);
	if (w)
		failed = close_all(k, w);
	document_close(&document, w);
	if (failed)
		return say_error(k->err, EXIT_FAILED);
	return k->results[DESTROY_NOT_PERMITTED] || k->results[DESTROY_NOT_BUILT] ||
			       k->results[DESTROY_IMPOSSIBLE] || k->results[DESTROY_FAILED] ?
		       EXIT_FAILED :
		       EXIT_DONE;
}

static void count_spared(struct kill *k)
{
	for (size_t i = 0; i < result_count(k->result); i++) {
		struct sock sk;

		sock_at(k, i, &sk);
		k->spared += spares(k, &sk);
	}
	if (k->spared)
		fprintf(stderr, "connstate: spared: %zu connection%s of this very session "
				"(name the client's port to close it)\n",
			k->spared, k->spared == 1 ? "" : "s");
}

static int kill_found(struct kill *k)
{
	const struct options *o = k->session->o;
	size_t count;

	result_order(k->result, 0, result_count(k->result));
	count_spared(k);
	count = result_count(k->result) - k->spared;
	if (!count) {
		fprintf(stderr, "connstate: no socket matches, nothing to close\n");
		return EXIT_DONE;
	}
	if (o->yes)
		return close_and_report(k);
	if (preview(k))
		return say_error(k->err, EXIT_FAILED);
	if (!isatty(STDIN_FILENO)) {
		error_set(k->err, 0, "nothing was closed: without a terminal to ask on, --yes is "
				     "needed");
		return say_error(k->err, EXIT_USAGE);
	}
	if (is_confirmed(count))
		return close_and_report(k);
	fprintf(stderr, "Nothing was closed.\n");
	return EXIT_FAILED;
}

static int kill_session(struct session *s, const struct column_list *columns)
{
	struct error err = { 0 };
	struct kill k = { .session = s, .columns = *columns, .err = &err };
	int status;

	own_session_find(&k.own);
	for (size_t i = 0; i < s->o->word_count; i++)
		k.own.known &= !own_session_is_named(&k.own, s->o->words[i]);
	k.snapshot = snapshot_new();
	k.result = result_new();
	if (!k.snapshot || !k.result)
		error_set(&err, ENOMEM, "cannot close sockets");
	if (!k.snapshot || !k.result ||
	    session_query(s, k.snapshot, &s->o->sort, k.result, &err))
		status = say_error(&err, EXIT_FAILED);
	else
		status = kill_found(&k);
	result_free(k.result);
	snapshot_free(k.snapshot);
	return status;
}

/* A filter that leaves nothing out is a slip of the finger. */
static bool is_everything(const struct session *s)
{
	return !s->filter || filter_is_everything(s->filter);
}

int cmd_kill(const struct options *o)
{
	struct column_list columns;
	struct session s;
	struct error err;
	int status;

	if (listing_columns(&columns, o, &err) || listing_check(o, own_fields, 2, &err))
		return say_error(&err, EXIT_USAGE);
	status = session_open(&s, o, column_list_facts(&columns));
	if (!status && is_everything(&s)) {
		error_set(&err, 0, "close what? The filter must choose by more than family and "
				   "protocol, like 'dport = :443'");
		status = say_error(&err, EXIT_USAGE);
	} else if (!status) {
		status = kill_session(&s, &columns);
	}
	session_close(&s);
	return status;
}
