/*
 * What the kernel makes of sock_diag bytecode: its check and its interpreter, written
 * anew from their description, so that programs can be tried without a kernel.
 */
#ifndef TESTS_UNIT_BYTECODE_KERNEL_H
#define TESTS_UNIT_BYTECODE_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "model/match.h"
#include "model/sock.h"

/* True if the kernel would accept the program. */
bool kernel_accepts(const unsigned char *code, size_t len);

/*
 * True if the kernel would deliver @sk.  @autobound: nobody asked for its port.  An
 * unknown mark or cgroup is 0 to the kernel.
 */
bool kernel_passes(const unsigned char *code, size_t len, const struct sock *sk, bool autobound);

/* What a tree says of @sk; NULL is everything. */
bool tree_passes(const struct match *m, const struct sock *sk, bool autobound);

#endif
