/* Names in the live view: see live_names.h. */
#include "config.h"

#include "app/live_names.h"

#include <stdlib.h>
#include <string.h>

#include "app/names.h"
#include "app/resolver.h"

/* How long a server may take; nobody waits for it. */
#define ANSWER_MS 5000

struct live_names {
	struct names *names; /* NULL: nobody wanted any yet */
	bool shown;
	bool waiting; /* the last look-up of a host has no answer yet */
	int home;
	size_t (*host)(void *context, const char *name, struct endpoint *out, size_t max);
};

struct live_names *live_names_new(int home)
{
	struct live_names *n = calloc(1, sizeof(*n));

	if (n)
		n->home = home;
	return n;
}

void live_names_free(struct live_names *n)
{
	if (!n)
		return;
	names_close(n->names);
	free(n);
}

static int open_names(struct live_names *n, struct error *err)
{
	if (!n->names)
		n->names = names_open(ANSWER_MS, n->home, err);
	return n->names ? 0 : -1;
}

int live_names_show(struct live_names *n, bool shown, struct error *err)
{
	n->shown = shown && !open_names(n, err);
	return n->shown == shown ? 0 : -1;
}

void live_names_complete(struct live_names *n, struct row *row)
{
	if (!n->shown || names_want(n->names, row->sock, NULL))
		return;
	names_complete(n->names, row);
}

/* An address without a port is the name of the host alone. */
static void rename_address(struct live_names *n, struct value *v)
{
	const struct sock sk = { .local = *v->endpoint };
	const char *host;

	if (names_want(n->names, &sk, NULL))
		return;
	host = names_host(n->names, v->endpoint);
	if (host)
		*v = value_string(host);
}

static void rename_cell(void *context, const struct row *row, struct value *v)
{
	struct live_names *n = context;

	if (!n->shown)
		return;
	if (v->kind == VALUE_ADDRESS)
		rename_address(n, v);
	if (v->kind != VALUE_ENDPOINT || names_want(n->names, row->sock, NULL))
		return;
	names_replace(n->names, row, v, 1);
}

void live_names_data(struct live_names *n, struct ui_data *data)
{
	data->rename = rename_cell;
	data->rename_context = n;
}

static size_t find_host(void *context, const char *name, struct endpoint *out, size_t max)
{
	struct live_names *n = context;
	int count;

	n->waiting = false;
	/* better slowly than not at all */
	if (!resolver_available() || open_names(n, NULL))
		return n->host(&n->home, name, out, max);
	count = names_addresses(n->names, name, out, max);
	n->waiting = count < 0;
	return count > 0 ? (size_t)count : 0;
}

static bool is_waiting(void *context)
{
	const struct live_names *n = context;

	return n->waiting;
}

void live_names_look_up(struct live_names *n, struct ui_options *ui,
			struct filter_options *lookups)
{
	n->host = lookups->host;
	lookups->host = find_host;
	lookups->context = n;
	ui->lookups = lookups;
	ui->waiting = is_waiting;
}

bool live_names_poll(struct live_names *n)
{
	return n->names && names_poll(n->names);
}

bool live_names_asking(const struct live_names *n)
{
	return n->names && names_asking(n->names);
}
