/*
 * Reading a large dump with the help of a second thread.
 *
 * The kernel works in the thread that receives: about a microsecond a socket, a third
 * of it for a TIME-WAIT.  A thread of its own lets it work while this one decodes and
 * writes rows; of two dumps whose filters exclude one another it works on both at once.
 */
#ifndef COLLECT_PARALLEL_H
#define COLLECT_PARALLEL_H

#include <stdint.h>

struct collector;
struct leg;
struct nlmsghdr;

/* How a dump is read. */
enum parallel_way {
	PARALLEL_ALONE,	  /* without a second thread: it would cost more than it saves */
	PARALLEL_RELAYED, /* one dump, received by a thread */
	PARALLEL_SPLIT,	  /* two dumps, see split.h: the thread receives the larger part */
};

/* The best way for a dump of so many sockets. */
enum parallel_way parallel_way(uint64_t full, uint64_t mini);

/* The share of the kernel's work, in per cent, that the thread should get when it is split. */
unsigned int parallel_thread_percent(uint64_t full, uint64_t mini);

enum parallel_status {
	PARALLEL_DONE,	  /* the leg is complete */
	PARALLEL_STOPPED, /* the sink wants no more */
	PARALLEL_REFUSED, /* not worth it or not possible; nothing was taken */
	PARALLEL_LOST,	  /* broken off: ask again; some sockets may have been taken */
};

/*
 * Read the whole of @leg, if it is large, handing each message to take() on the
 * calling thread.  What was done is noted in the collector's report.
 */
enum parallel_status parallel_run(struct collector *c, const struct leg *leg,
				  int (*take)(void *context, const struct nlmsghdr *nlh),
				  void *context);

#endif
