/* Names instead of numbers: see names.h. */
#include "config.h"

#include "app/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/home.h"
#include "app/resolver.h"
#include "app/services.h"
#include "base/arena.h"
#include "base/buffer.h"

struct names {
	struct resolver *resolver;
	int home;
	struct services *services;
	struct arena texts; /* of the row replaced last */
	struct buffer text; /* the one being made */
};

struct names *names_open(unsigned int limit_ms, int home, struct error *err)
{
	struct names *n = calloc(1, sizeof(*n));

	if (!n) {
		error_set(err, ENOMEM, "cannot resolve names");
		return NULL;
	}
	n->home = home;
	n->texts.block_bytes = 4096;
	buffer_init(&n->text, -1);
	n->services = services_new();
	n->resolver = resolver_open(limit_ms, err);
	if (n->resolver)
		return n;
	names_close(n);
	return NULL;
}

void names_close(struct names *n)
{
	if (!n)
		return;
	resolver_close(n->resolver);
	services_free(n->services);
	arena_fini(&n->texts);
	buffer_fini(&n->text);
	free(n);
}

int names_want(struct names *n, const struct sock *sk, struct error *err)
{
	return resolver_want(n->resolver, &sk->local, err) ||
			       resolver_want(n->resolver, &sk->peer, err) ?
		       -1 :
		       0;
}

void names_look_up(struct names *n)
{
	struct netns_visit visit = home_enter(n->home);

	resolver_run(n->resolver);
	home_leave(&visit);
}

bool names_poll(struct names *n)
{
	struct netns_visit visit = home_enter(n->home);
	bool any = resolver_poll(n->resolver);

	home_leave(&visit);
	return any;
}

bool names_asking(const struct names *n)
{
	return resolver_asking(n->resolver);
}

int names_addresses(struct names *n, const char *name, struct endpoint *out, size_t max)
{
	struct netns_visit visit = home_enter(n->home);
	int count = resolver_addresses(n->resolver, name, out, max);

	home_leave(&visit);
	return count;
}

const char *names_host(const struct names *n, const struct endpoint *e)
{
	return resolver_name(n->resolver, e);
}

void names_complete(const struct names *n, struct row *row)
{
	row->local_host = resolver_name(n->resolver, &row->sock->local);
	row->peer_host = resolver_name(n->resolver, &row->sock->peer);
}

static const char *service_of(const struct names *n, const struct row *row, uint16_t port)
{
	return n->services && port ?
		       services_name(n->services, (enum proto)row->sock->proto, port) :
		       NULL;
}

/* "host%eth0:service", with numbers for what has no name. */
static void replace(struct names *n, const struct row *row, struct value *v)
{
	const char *host = resolver_name(n->resolver, v->endpoint);
	const char *service = service_of(n, row, v->endpoint->port);
	char numbers[ENDPOINT_TEXT_MAX];
	size_t len = endpoint_text(numbers, v->endpoint, v->dual_stack, v->interface);
	const char *colon = memrchr(numbers, ':', len);
	const char *text;

	if (!colon || (!host && !service))
		return;
	n->text.used = 0;
	if (host)
		buffer_puts(&n->text, host);
	else
		buffer_put(&n->text, numbers, (size_t)(colon - numbers));
	if (host && v->interface) {
		buffer_putc(&n->text, '%');
		buffer_puts(&n->text, v->interface);
	}
	if (service) {
		buffer_putc(&n->text, ':');
		buffer_puts(&n->text, service);
	} else {
		buffer_put(&n->text, colon, len - (size_t)(colon - numbers));
	}
	text = n->text.error ? NULL : arena_strndup(&n->texts, n->text.data, n->text.used);
	if (text)
		*v = value_text(text, n->text.used);
}

void names_replace(struct names *n, const struct row *row, struct value *cells, size_t count)
{
	arena_reset(&n->texts);
	for (size_t i = 0; i < count; i++)
		if (cells[i].kind == VALUE_ENDPOINT)
			replace(n, row, &cells[i]);
}
