/* Names of addresses: see resolver.h. */
#include "config.h"

#include "app/resolver.h"

#include <stdlib.h>

const char resolver_missing[] = "built without c-ares: -r can't resolve";

#ifndef HAVE_CARES

bool resolver_available(void)
{
	return false;
}

struct resolver *resolver_open(unsigned int limit_ms, struct error *err)
{
	(void)limit_ms;
	error_set(err, 0, "%s", resolver_missing);
	return NULL;
}

void resolver_close(struct resolver *r)
{
	(void)r;
}

int resolver_want(struct resolver *r, const struct endpoint *e, struct error *err)
{
	(void)r, (void)e, (void)err;
	return 0;
}

void resolver_run(struct resolver *r)
{
	(void)r;
}

bool resolver_poll(struct resolver *r)
{
	(void)r;
	return false;
}

bool resolver_asking(const struct resolver *r)
{
	(void)r;
	return false;
}

int resolver_addresses(struct resolver *r, const char *name, struct endpoint *out, size_t max)
{
	(void)r, (void)name, (void)out, (void)max;
	return 0;
}

const char *resolver_name(const struct resolver *r, const struct endpoint *e)
{
	(void)r, (void)e;
	return NULL;
}

#else

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

#include "app/cares_library.h"
#include "base/arena.h"
#include "base/hash.h"
#include "base/loop.h"

#define BITS 12 /* of the table's places; longer chains do not hurt beside the network */
#define SOCKETS_MAX 32
#define NS_PER_MS UINT64_C(1000000)

struct entry {
	struct entry *next;   /* of the same place */
	struct entry *queued; /* next of those to be asked for */
	struct resolver *resolver;
	struct endpoint address; /* port 0, never a mapped one */
	unsigned int run;	 /* that waits for the answer */
	const char *name;	 /* NULL: none, or not yet */
};

/* A host whose addresses were asked for. */
struct host {
	struct host *next;
	struct resolver *resolver;
	const char *name;
	bool answered;
	size_t count;
	struct endpoint *addresses;
};

/* Names of hosts that are asked for at most: those of typed filters. */
#define HOSTS_MAX 1024

struct resolver {
	ares_channel channel;
	struct host *hosts;
	size_t host_count;
	size_t answers; /* so far, of any kind */
	struct arena memory;
	struct entry *table[1 << BITS];
	struct entry *first; /* to be asked for */
	struct entry **last;
	size_t count;
	unsigned int limit_ms;
	unsigned int in_flight;
	unsigned int waiting; /* entries of this run without an answer */
	unsigned int run;
	bool silent; /* the last wait was in vain: no further one before an answer comes */
	struct pollfd sockets[SOCKETS_MAX];
	nfds_t socket_count;
};

bool resolver_available(void)
{
	return true;
}

/* The library says which of its sockets to look at. */
static void on_socket(void *context, ares_socket_t fd, int readable, int writable)
{
	struct resolver *r = context;
	nfds_t i = 0;

	while (i < r->socket_count && r->sockets[i].fd != fd)
		i++;
	if (!readable && !writable) {
		if (i < r->socket_count)
			r->sockets[i] = r->sockets[--r->socket_count];
		return;
	}
	if (i == SOCKETS_MAX)
		return; /* its questions run into the limit */
	if (i == r->socket_count)
		r->socket_count++;
	r->sockets[i] = (struct pollfd){
		.fd = fd,
		.events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0)),
	};
}

/* Two tries fit into the limit: the second one waits twice as long. */
static int open_channel(struct resolver *r)
{
	struct ares_options options = {
		.timeout = (int)(r->limit_ms / 3 > 100 ? r->limit_ms / 3 : 100),
		.tries = 2,
		.sock_state_cb = on_socket,
		.sock_state_cb_data = r,
	};

	return ares.init_options(&r->channel, &options,
				 ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
}

struct resolver *resolver_open(unsigned int limit_ms, struct error *err)
{
	struct resolver *r;
	int failed;

	if (cares_load(err))
		return NULL;
	r = calloc(1, sizeof(*r));
	if (!r) {
		error_set(err, ENOMEM, "cannot resolve names");
		return NULL;
	}
	r->limit_ms = limit_ms;
	r->last = &r->first;
	r->memory.block_bytes = 16384;
	failed = ares.library_init(ARES_LIB_INIT_ALL);
	if (!failed)
		failed = open_channel(r);
	if (!failed)
		return r;
	error_set(err, 0, "cannot resolve names: %s", ares.strerror(failed));
	free(r);
	return NULL;
}

void resolver_close(struct resolver *r)
{
	if (!r)
		return;
	ares.destroy(r->channel); /* calls on_answer() for what is in flight */
	ares.library_cleanup();
	arena_fini(&r->memory);
	free(r);
}

/* The address alone; false for one that has no name. */
static bool address_of(struct endpoint *out, const struct endpoint *e)
{
	*out = *e;
	out->port = 0;
	if (e->family != ADDR_V4 && e->family != ADDR_V6)
		return false;
	if (addr_is_any(e->family, e->bytes))
		return false;
	if (addr_is_mapped(e->family, e->bytes)) {
		*out = (struct endpoint){ .family = ADDR_V4 };
		memcpy(out->bytes, e->bytes + 12, 4);
	}
	return true;
}

static size_t place_of(const struct endpoint *address)
{
	size_t len = address->family == ADDR_V4 ? 4 : 16;

	return hash_place(hash_bytes(address->family, address->bytes, len), BITS);
}

static struct entry *entry_find(const struct resolver *r, const struct endpoint *address)
{
	struct entry *e = r->table[place_of(address)];

	while (e && endpoint_compare(&e->address, address) != 0)
		e = e->next;
	return e;
}

int resolver_want(struct resolver *r, const struct endpoint *e, struct error *err)
{
	struct endpoint address;
	struct entry *made;
	size_t place;

	if (!address_of(&address, e) || entry_find(r, &address) ||
	    r->count == RESOLVER_ADDRESSES_MAX)
		return 0;
	made = arena_alloc(&r->memory, sizeof(*made));
	if (!made)
		return error_set(err, ENOMEM, "cannot resolve names");
	place = place_of(&address);
	*made = (struct entry){
		.next = r->table[place], .resolver = r, .address = address,
	};
	r->table[place] = made;
	r->count++;
	*r->last = made;
	r->last = &made->queued;
	return 0;
}

static void on_answer(void *context, int status, int timeouts, char *name, char *service)
{
	struct entry *e = context;
	struct resolver *r = e->resolver;

	(void)timeouts, (void)service;
	r->in_flight--;
	r->answers++;
	if (e->run == r->run)
		r->waiting--;
	if (status != ARES_ETIMEOUT && status != ARES_EDESTRUCTION)
		r->silent = false;
	if (status == ARES_SUCCESS && name && *name)
		e->name = arena_strndup(&r->memory, name, strlen(name));
}

static void ask(struct resolver *r, struct entry *e)
{
	union {
		struct sockaddr plain;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} to;
	socklen_t len;

	memset(&to, 0, sizeof(to));
	if (e->address.family == ADDR_V4) {
		to.v4.sin_family = AF_INET;
		memcpy(&to.v4.sin_addr, e->address.bytes, 4);
		len = sizeof(to.v4);
	} else {
		to.v6.sin6_family = AF_INET6;
		memcpy(&to.v6.sin6_addr, e->address.bytes, 16);
		len = sizeof(to.v6);
	}
	r->in_flight++;
	e->run = r->run;
	ares.getnameinfo(r->channel, &to.plain, len, ARES_NI_LOOKUPHOST | ARES_NI_NAMEREQD,
			 on_answer, e);
}

/* As many questions as may be under way. */
static void ask_more(struct resolver *r, uint64_t until_ns)
{
	while (r->first && r->in_flight < RESOLVER_IN_FLIGHT) {
		struct entry *e = r->first;

		r->first = e->queued;
		if (!r->first)
			r->last = &r->first;
		ask(r, e);
		if (loop_now_ns() > until_ns)
			break; /* the file of hosts is read for each */
	}
}

/* How long to sleep: the library's own time-outs or @until_ns, whichever comes first. */
static int sleep_ms(struct resolver *r, uint64_t until_ns)
{
	uint64_t now = loop_now_ns();
	struct timeval most, next;

	if (now >= until_ns)
		return 0;
	most.tv_sec = (time_t)((until_ns - now) / 1000000000);
	most.tv_usec = (suseconds_t)((until_ns - now) % 1000000000 / 1000);
	ares.timeout(r->channel, &most, &next);
	return (int)(next.tv_sec * 1000 + next.tv_usec / 1000 + 1);
}

static void take_answers(struct resolver *r, int ms)
{
	struct pollfd sockets[SOCKETS_MAX];
	nfds_t count = r->socket_count;
	int ready;

	memcpy(sockets, r->sockets, count * sizeof(*sockets));
	ready = poll(sockets, count, ms);
	for (nfds_t i = 0; ready > 0 && i < count; i++) {
		short events = sockets[i].revents;
		bool reads = events & (POLLIN | POLLERR | POLLHUP);

		if (events)
			ares.process_fd(r->channel, reads ? sockets[i].fd : ARES_SOCKET_BAD,
					events & POLLOUT ? sockets[i].fd : ARES_SOCKET_BAD);
	}
	/* what has timed out */
	ares.process_fd(r->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void resolver_run(struct resolver *r)
{
	uint64_t now = loop_now_ns();
	uint64_t until_ns = now + (r->silent ? 0 : r->limit_ms * NS_PER_MS);
	unsigned int before;

	r->run++;
	r->waiting = 0;
	for (const struct entry *e = r->first; e; e = e->queued)
		r->waiting++;
	before = r->waiting;
	do {
		ask_more(r, until_ns);
		if (r->in_flight)
			take_answers(r, r->waiting ? sleep_ms(r, until_ns) : 0);
	} while (r->waiting && loop_now_ns() < until_ns);
	if (before && r->waiting == before)
		r->silent = true;
}

/* How long a poll may ask: the file of hosts is read for each question. */
#define POLL_MS 2

bool resolver_poll(struct resolver *r)
{
	size_t before = r->answers;

	ask_more(r, loop_now_ns() + POLL_MS * NS_PER_MS);
	if (r->in_flight)
		take_answers(r, 0);
	return r->answers != before;
}

bool resolver_asking(const struct resolver *r)
{
	return r->first || r->in_flight;
}

static void add_address(struct host *h, const struct ares_addrinfo_node *node)
{
	struct endpoint *e = &h->addresses[h->count];
	union {
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} from;

	*e = (struct endpoint){ .family = node->ai_family == AF_INET ? ADDR_V4 : ADDR_V6 };
	if (node->ai_family == AF_INET && node->ai_addrlen >= sizeof(from.v4)) {
		memcpy(&from.v4, node->ai_addr, sizeof(from.v4));
		memcpy(e->bytes, &from.v4.sin_addr, 4);
		h->count++;
	} else if (node->ai_family == AF_INET6 && node->ai_addrlen >= sizeof(from.v6)) {
		memcpy(&from.v6, node->ai_addr, sizeof(from.v6));
		memcpy(e->bytes, &from.v6.sin6_addr, 16);
		h->count++;
	}
}

static void on_addresses(void *context, int status, int timeouts, struct ares_addrinfo *found)
{
	struct host *h = context;
	size_t count = 0;

	(void)timeouts;
	h->resolver->in_flight--;
	h->resolver->answers++;
	h->answered = true;
	for (struct ares_addrinfo_node *n = found ? found->nodes : NULL; n; n = n->ai_next)
		count++;
	if (status == ARES_SUCCESS && count)
		h->addresses = arena_alloc(&h->resolver->memory, count * sizeof(*h->addresses));
	for (struct ares_addrinfo_node *n = h->addresses ? found->nodes : NULL; n; n = n->ai_next)
		add_address(h, n);
	ares.freeaddrinfo(found);
}

static struct host *host_ask(struct resolver *r, const char *name)
{
	const struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC };
	struct host *h = r->host_count < HOSTS_MAX ? arena_alloc(&r->memory, sizeof(*h)) : NULL;
	const char *copy = h ? arena_strndup(&r->memory, name, strlen(name)) : NULL;

	if (!copy)
		return NULL;
	*h = (struct host){ .next = r->hosts, .resolver = r, .name = copy };
	r->hosts = h;
	r->host_count++;
	r->in_flight++;
	ares.getaddrinfo(r->channel, h->name, NULL, &hints, on_addresses, h);
	return h;
}

int resolver_addresses(struct resolver *r, const char *name, struct endpoint *out, size_t max)
{
	struct host *h = r->hosts;
	size_t count;

	while (h && strcmp(h->name, name) != 0)
		h = h->next;
	if (!h)
		h = host_ask(r, name);
	if (!h)
		return 0;
	if (!h->answered)
		return -1;
	count = h->count < max ? h->count : max;
	for (size_t i = 0; i < count; i++)
		out[i] = h->addresses[i];
	return (int)count;
}

const char *resolver_name(const struct resolver *r, const struct endpoint *e)
{
	struct endpoint address;
	const struct entry *found = address_of(&address, e) ? entry_find(r, &address) : NULL;

	return found ? found->name : NULL;
}

#endif
