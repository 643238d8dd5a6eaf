/*
 * The recipes: how each state is brought about.
 *
 * To add one: write its function in recipes_*.c, add its row to the table in
 * recipes.c.  A recipe makes lab->count of its sockets in the current flavour
 * and promises every socket that it leaves behind.
 */
#ifndef LIVE_RECIPES_H
#define LIVE_RECIPES_H

#include "live/lab.h"

#include <stdbool.h>
#include <stdio.h>

/* Make everything: TCP, and UDP unless @only_tcp. */
void recipes_make(struct lab *lab, bool only_tcp);

/* Name and purpose of each, for the help. */
void recipes_list(FILE *out);

/* recipes_open.c: before and while a connection is open */
void make_established(struct lab *lab);
void make_queued(struct lab *lab);
void make_unaccepted(struct lab *lab);
void make_half_open(struct lab *lab);
void make_simultaneous(struct lab *lab);
void make_bound(struct lab *lab);

/* recipes_close.c: on the way to the end */
void make_fin_wait_1(struct lab *lab);
void make_fin_wait_2(struct lab *lab);
void make_closing(struct lab *lab);
void make_close_wait(struct lab *lab);
void make_last_ack(struct lab *lab);
void make_orphan_fin_wait_1(struct lab *lab);
void make_orphan_fin_wait_2(struct lab *lab);
void make_orphan_last_ack(struct lab *lab);
void make_minisock_fin_wait_2(struct lab *lab);
void make_time_wait(struct lab *lab);

/* recipes_other.c: UDP, and what exists once and not per flavour */
void make_udp(struct lab *lab);
void make_wildcards(struct lab *lab);
void make_dual_stack(struct lab *lab);
void make_device(struct lab *lab);
void make_udp_wildcards(struct lab *lab);

#endif
