/*
 * A match tree as sock_diag bytecode: what the kernel need not even copy.
 *
 * The bytecode lets every socket pass that the tree matches.  What it can't express,
 * or would need too many instructions for, it lets pass as well; then it is not
 * exact, and the sockets have to be looked at again.
 *
 * What the kernel understands differently from what one might think:
 * - "autobound" is true for every TIME-WAIT and half-open connection.
 * - Half-open and TIME-WAIT connections have mark 0 on some kernels and never a cgroup.
 * - A mark needs CAP_NET_ADMIN (EPERM), a cgroup Linux 5.8 (EINVAL): compile again
 *   with @without naming them.
 * - SCTP endpoints are judged by the address they are bound to, which is not
 *   always the one that is reported: leave addresses out for SCTP.
 */
#ifndef COLLECT_BYTECODE_H
#define COLLECT_BYTECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "model/match.h"

/* The kernel checks a program in time that grows with the square of its length. */
#define BYTECODE_OPS_MAX 500

/* An attribute's payload can't be longer. */
#define BYTECODE_BYTES_MAX 65000

/* Deeper trees than this are let pass: nothing here may exhaust the stack. */
#define BYTECODE_DEPTH_MAX 2000

struct bytecode_limits {
	unsigned int without; /* conditions that this kernel refuses: bits (1u << enum match_op) */
	size_t ops_max;	      /* 0: BYTECODE_OPS_MAX */
};

struct bytecode {
	unsigned char *code; /* a whole INET_DIAG_REQ_BYTECODE payload; NULL: everything passes */
	size_t len;
	bool exact; /* it decides exactly as the tree does */
};

/*
 * Compile @tree (NULL: everything) into @out, to be freed with bytecode_fini().
 * @limits may be NULL.  0, or -1 with @err set without memory.
 */
int bytecode_compile(struct bytecode *out, const struct match *tree,
		     const struct bytecode_limits *limits, struct error *err);
void bytecode_fini(struct bytecode *b);

#endif
