/*
 * The ailments: real conditions that findings are about, and what looks alike.
 *
 * To add one: write its function in ailments_*.c, add its row to the table in ailing.c.
 * It makes its sockets with the laboratory's tools and leaves them open.
 */
#ifndef LIVE_AILMENTS_H
#define LIVE_AILMENTS_H

#include "live/lab.h"

/* Start a process that calls @act again and again, until this program ends. */
void ail_meanwhile(void (*act)(void *context), void *context);

/* ailments_close.c: connections on the way to their end */
void ail_close_wait(struct lab *lab);
void ail_close_wait_busy(struct lab *lab);
void ail_close_wait_unaccepted(struct lab *lab);
void ail_fin_wait_2(struct lab *lab);
void ail_fin_wait_2_closed(struct lab *lab);
void ail_fin_unacknowledged(struct lab *lab);
void ail_fin_acknowledged(struct lab *lab);

/* ailments_open.c: listeners and connections being opened */
void ail_queue_full(struct lab *lab);
void ail_queue_near_full(struct lab *lab);
void ail_queue_overflow(struct lab *lab);
void ail_syn_sent(struct lab *lab);
void ail_syn_refused(struct lab *lab);
void ail_syn_flood(struct lab *lab);
void ail_syn_backlog(struct lab *lab);
void ail_syn_cookies(struct lab *lab);
void ail_syn_cookies_unanswered(struct lab *lab);

/* ailments_transfer.c: open connections, datagrams */
void ail_unread(struct lab *lab);
void ail_read_slowly(struct lab *lab);
void ail_peer_gone(struct lab *lab);
void ail_lossy(struct lab *lab);
void ail_silent(struct lab *lab);
void ail_kept_alive(struct lab *lab);
void ail_udp_drops(struct lab *lab);
void ail_udp_read(struct lab *lab);
void ail_busy(struct lab *lab);

/* ailments_limits.c: what runs out */
void ail_ports(struct lab *lab);
void ail_ports_spread(struct lab *lab);
void ail_ports_soon(struct lab *lab);
void ail_time_wait(struct lab *lab);
void ail_time_wait_few(struct lab *lab);
void ail_time_wait_many(struct lab *lab);
void ail_time_wait_overflow(struct lab *lab);
void ail_descriptors(struct lab *lab);
void ail_resets(struct lab *lab);
void ail_resets_at_once(struct lab *lab);
void ail_orphans(struct lab *lab);
void ail_orphans_held(struct lab *lab);
void ail_memory(struct lab *lab);
void ail_memory_read(struct lab *lab);
void ail_tracked(struct lab *lab);
void ail_tracked_busy(struct lab *lab);
void ail_tracked_queue_full(struct lab *lab);

/* ailments_limited.c: what holds a transfer back */
void ail_limited_application(struct lab *lab);
void ail_limited_send_buffer(struct lab *lab);
void ail_limited_network(struct lab *lab);

/* For ail_meanwhile(): one connection to lab->listener that ends well. */
void ail_open_and_close(void *context);

#endif
