/*
 * The set of wanted socket inodes, and for each the chain of its holders.
 *
 * Open addressing over 32-bit keys (sockfs gives no larger inodes), at most half
 * full.  Sixteen consecutive inodes share a cache line, for the sockets of one
 * process mostly follow one another.
 */
#ifndef COLLECT_INODE_INDEX_H
#define COLLECT_INODE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INODE_INDEX_NONE SIZE_MAX

struct inode_holder {
	uint32_t process; /* the caller's number for it */
	int32_t fd;
	uint32_t next; /* 1 + index of the next holder, 0: none */
};

struct inode_index {
	uint32_t *keys;	 /* 0: free */
	uint32_t *heads; /* 1 + index of the first holder, 0: none */
	size_t slots;	 /* a power of two, or 0 */
	size_t count;	 /* keys in use */
	size_t found;	 /* of these, with a holder */
	struct inode_holder *holders;
	size_t holder_count;
	size_t holder_room;
};

/* Make @x the set of @inodes (0 and those beyond 32 bits left out).  0, or -1 without memory. */
int inode_index_build(struct inode_index *x, const uint64_t *inodes, size_t count);

/* Forget all holders, keep the set. */
void inode_index_clear_holders(struct inode_index *x);

/* The slot of @inode, or INODE_INDEX_NONE. */
size_t inode_index_find(const struct inode_index *x, uint64_t inode);

/* Add a holder in front of those of @slot.  0, or -1 without memory. */
int inode_index_add(struct inode_index *x, size_t slot, uint32_t process, int32_t fd);

void inode_index_fini(struct inode_index *x);

#endif
