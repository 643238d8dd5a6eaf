/*
 * Names of network interfaces by their index, looked up once a pass.
 */
#ifndef COLLECT_IFNAMES_H
#define COLLECT_IFNAMES_H

#include <net/if.h>
#include <stdint.h>

#define IFNAMES_SLOTS 64

/* Zero-filled is empty. */
struct ifnames {
	struct ifname {
		uint32_t index; /* 0: nothing is cached here */
		char name[IF_NAMESIZE]; /* "" when there is no such interface */
	} slots[IFNAMES_SLOTS];
};

/* Names may have changed: forget all. */
void ifnames_reset(struct ifnames *names);

/*
 * The name of interface @index, NULL when it is 0 or gone.  Borrowed, valid until
 * the next call.
 */
const char *ifnames_find(struct ifnames *names, uint32_t index);

#endif
