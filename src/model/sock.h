/*
 * A socket at one moment: plain data, the currency between all layers.
 *
 * A source fills one and pushes it into a sink (model/sink.h); a snapshot gives
 * them back.  Fields that may be missing have a SOCK_HAS_ bit: a fact that the
 * kernel did not deliver is absent, never zero.  Pointers are borrowed and valid
 * during the sink's call, or until the snapshot that gave them is freed.
 */
#ifndef MODEL_SOCK_H
#define MODEL_SOCK_H

#include <stdint.h>

#include "model/addr.h"
#include "model/proto.h"
#include "model/state.h"
#include "model/tcp_facts.h"

/* What the kernel keeps for it. */
enum sock_kind {
	SOCK_FULL,	/* a struct sock: has an owner, queues, options */
	SOCK_REQUEST,	/* a half-open connection of a listener (request sock) */
	SOCK_MINI,	/* TIME-WAIT, or FIN-WAIT-2 after close(): a timewait minisock */
};

/* inet_diag's idiag_timer; 5 since Linux 7.0, larger ones are TIMER_OTHER. */
enum sock_timer {
	TIMER_NONE,
	TIMER_RETRANSMIT,
	TIMER_KEEPALIVE,
	TIMER_TIMEWAIT,
	TIMER_PROBE,
	TIMER_DELAYED_ACK,
	TIMER_OTHER,
};

/* Presence bits of struct sock.has. */
enum sock_has {
	SOCK_HAS_COOKIE = 1 << 0,
	SOCK_HAS_INODE = 1 << 1,    /* absent: no descriptor refers to it (or a minisock) */
	/* absent for minisocks and request socks, whatever uid 0 says */
	SOCK_HAS_UID = 1 << 2,
	SOCK_HAS_QUEUES = 1 << 3,   /* recv_queue, send_queue */
	SOCK_HAS_TIMER = 1 << 4,    /* timer, timer_ms, retransmits */
	SOCK_HAS_SHUTDOWN = 1 << 5,
	SOCK_HAS_MARK = 1 << 6,
	SOCK_HAS_CGROUP = 1 << 7,
	SOCK_HAS_SOCKOPT = 1 << 8,
	SOCK_HAS_V6ONLY = 1 << 9,
	SOCK_HAS_TOS = 1 << 10,
	SOCK_HAS_TCLASS = 1 << 11,
	SOCK_HAS_CLASSID = 1 << 12,
	SOCK_HAS_MEMORY = 1 << 13,  /* memory points to all figures */
	SOCK_HAS_PEER_INODE = 1 << 14, /* UNIX: the socket at the other end */
	SOCK_NO_BACKLOG = 1 << 15, /* of a listener's queues only recv_queue is known (/proc/net) */
	SOCK_HAS_FILE = 1 << 16, /* UNIX: file_inode, file_device of its path */
};

/* The kernel's SOCK_ numbers, the same on every architecture but MIPS, as diag tells them. */
enum sock_type {
	SOCK_TYPE_UNKNOWN,
	SOCK_TYPE_STREAM,
	SOCK_TYPE_DGRAM,
	SOCK_TYPE_RAW,
	SOCK_TYPE_RDM,
	SOCK_TYPE_SEQPACKET,
	SOCK_TYPE_PACKET = 10,
	SOCK_TYPE_COUNT
};

/* INET_DIAG_SKMEMINFO, SK_MEMINFO_* of linux/sock_diag.h; @known says how many it delivered. */
enum sock_memory {
	MEMORY_RMEM_ALLOC,
	MEMORY_RCVBUF,
	MEMORY_WMEM_ALLOC,
	MEMORY_SNDBUF,
	MEMORY_FWD_ALLOC,
	MEMORY_WMEM_QUEUED,
	MEMORY_OPTMEM,
	MEMORY_BACKLOG,
	MEMORY_DROPS,
	MEMORY_COUNT,
};

struct sock {
	uint32_t has; /* enum sock_has bits */
	uint8_t proto; /* enum proto */
	uint8_t state; /* enum state */
	uint8_t kind;  /* enum sock_kind */
	uint8_t type;  /* enum sock_type, of protocols that have several; SOCK_TYPE_UNKNOWN else */
	uint8_t timer; /* enum sock_timer */
	uint8_t retransmits; /* of the running timer */
	uint8_t shutdown; /* 1: no more reading, 2: no more writing */
	uint8_t v6only;
	uint8_t tos;
	uint8_t tclass;
	struct endpoint local;
	struct endpoint peer;
	uint64_t cookie; /* with @netns and both ends the identity (model/identity.h) */
	uint64_t netns; /* inode of its network namespace; 0: the one of this process */
	uint64_t inode;
	uint64_t cgroup_id;
	uint64_t peer_inode;
	uint32_t file_inode;  /* of a UNIX socket's path ... */
	uint32_t file_device; /* ... and its file system, as the kernel packs major and minor */
	uint32_t uid;
	uint32_t ifindex; /* bound to this interface; 0: to none */
	uint32_t timer_ms; /* until the timer expires */
	uint32_t recv_queue; /* a listener: connections waiting for accept(); others: bytes */
	uint32_t send_queue; /* a listener: its backlog; others: bytes */
	uint32_t mark;
	uint32_t classid;
	uint16_t sockopt; /* struct inet_diag_sockopt, as 16 bits in wire order */
	uint16_t memory_known;	    /* how many of memory[] were delivered */
	uint16_t tcp_bytes;	    /* how much of *tcp was delivered */
	const struct tcp_facts *tcp; /* NULL: not asked for, or none */
	const uint32_t *memory;	    /* enum sock_memory; NULL: not asked for, or none */
	const char *congestion;	    /* "cubic", NUL-terminated, or NULL */
	const char *interface;	    /* name of @ifindex, or NULL */
	const char *name;	    /* UNIX path, protocol ... (raw bytes, hostile), or NULL */
	const char *local_text;	    /* what stands for the ends where they are no IP addresses: */
	const char *peer_text;	    /* raw bytes, hostile; NULL for IP */
	uint32_t name_len;
	uint32_t local_text_len;
	uint32_t peer_text_len;
};

#endif
