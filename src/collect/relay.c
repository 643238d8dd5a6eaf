/* A thread that receives a dump: see relay.h. */
#include "config.h"

#include "collect/relay.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

/*
 * 128 KiB: one half is filled while the other is read.  To wake a thread takes about as long as
 * the kernel needs for some ten sockets, so nobody is woken for a single datagram.
 */
#define RELAY_SLOTS 4
#define RELAY_HALF (RELAY_SLOTS / 2)

/* Its deepest call is recvmsg(). */
#define RELAY_STACK_BYTES ((size_t)128 * 1024)

struct relay_slot {
	char *data;
	ssize_t len;
	int code;
};

struct relay {
	struct netlink *nl;
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	struct relay_slot slots[RELAY_SLOTS];
	size_t filled;	 /* datagrams ever put in */
	size_t released; /* datagrams ever taken out */
	bool ended; /* nothing comes after what is filled */
	bool stop;
	char *memory;
};

/* True when the dump goes on after this datagram. */
static bool goes_on(const struct relay *r, const struct relay_slot *slot)
{
	struct netlink_walk walk = { .seq = r->nl->seq };

	return slot->len > 0 &&
	       netlink_walk(slot->data, (size_t)slot->len, &walk) == NETLINK_MORE;
}

/* Datagrams that are filled and not released; under the lock. */
static size_t pending(const struct relay *r)
{
	return r->filled - r->released;
}

/* An empty slot, or NULL when the relay is to stop. */
static struct relay_slot *slot_wait(struct relay *r)
{
	struct relay_slot *slot = NULL;

	pthread_mutex_lock(&r->lock);
	if (pending(r) == RELAY_SLOTS)
		while (!r->stop && pending(r) > RELAY_SLOTS - RELAY_HALF)
			pthread_cond_wait(&r->changed, &r->lock);
	if (!r->stop)
		slot = &r->slots[r->filled % RELAY_SLOTS];
	pthread_mutex_unlock(&r->lock);
	return slot;
}

static void slot_fill(struct relay *r, bool last)
{
	pthread_mutex_lock(&r->lock);
	r->filled++;
	r->ended = last;
	if (last || pending(r) >= RELAY_HALF)
		pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}

static void *relay_main(void *argument)
{
	struct relay *r = argument;
	struct relay_slot *slot;
	bool more = true;

	while (more && (slot = slot_wait(r))) {
		slot->len = netlink_receive(r->nl, slot->data, NETLINK_BUFFER_BYTES);
		slot->code = slot->len < 0 ? errno : 0;
		more = goes_on(r, slot);
		slot_fill(r, !more);
	}
	return NULL;
}

static int thread_start(struct relay *r)
{
	pthread_attr_t attributes;
	sigset_t all;
	sigset_t before;
	int code;

	code = pthread_attr_init(&attributes);
	if (code)
		return code;
	pthread_attr_setstacksize(&attributes, RELAY_STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = pthread_create(&r->thread, &attributes, relay_main, r);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return code;
}

static void memory_free(struct relay *r)
{
	free(r->memory);
	free(r);
}

struct relay *relay_new(struct netlink *nl, struct error *err)
{
	struct relay *r = calloc(1, sizeof(*r));
	int code;

	if (r)
		r->memory = malloc(RELAY_SLOTS * NETLINK_BUFFER_BYTES);
	if (!r || !r->memory) {
		free(r);
		error_set(err, ENOMEM, "cannot receive from two sockets");
		return NULL;
	}
	r->nl = nl;
	for (size_t i = 0; i < RELAY_SLOTS; i++)
		r->slots[i].data = r->memory + i * NETLINK_BUFFER_BYTES;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	code = thread_start(r);
	if (code) {
		memory_free(r);
		error_set(err, code, "cannot receive from two sockets");
		return NULL;
	}
	return r;
}

void relay_free(struct relay *r)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	memory_free(r);
}

bool relay_peek(struct relay *r, bool wait, struct relay_datagram *out)
{
	const struct relay_slot *slot = &r->slots[r->released % RELAY_SLOTS];
	bool some;

	pthread_mutex_lock(&r->lock);
	if (wait && !pending(r))
		while (!r->ended && pending(r) < RELAY_HALF)
			pthread_cond_wait(&r->changed, &r->lock);
	some = pending(r);
	pthread_mutex_unlock(&r->lock);
	if (some)
		*out = (struct relay_datagram){ slot->data, slot->len, slot->code };
	return some;
}

void relay_release(struct relay *r)
{
	pthread_mutex_lock(&r->lock);
	r->released++;
	if (pending(r) <= RELAY_SLOTS - RELAY_HALF)
		pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
}
