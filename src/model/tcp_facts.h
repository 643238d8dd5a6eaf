/*
 * What the kernel knows of one TCP connection: struct tcp_info.
 *
 * The fields stand in the order and at the offsets of the kernel's struct
 * (include/uapi/linux/tcp.h, Linux 6.18; 4.19 delivers the first 224 bytes), so
 * that a message of any kernel's length is copied in one piece.  Which fields
 * are there is told by the length: ask with tcp_facts_has().  Names are the
 * kernel's with their unit appended.  A listener's facts say only unacked (its
 * accept queue) and sacked (its backlog).
 */
#ifndef MODEL_TCP_FACTS_H
#define MODEL_TCP_FACTS_H

#include <stddef.h>
#include <stdint.h>

struct tcp_facts {
	uint8_t state; /* a kernel number */
	uint8_t ca_state;
	uint8_t retransmits;
	uint8_t probes;
	uint8_t backoff;
	uint8_t options;
	uint8_t window_scales; /* snd_wscale in the low, rcv_wscale in the high four bits */
	uint8_t flags;	       /* delivery_rate_app_limited bit 0, fastopen_client_fail bits 1-2 */
	uint32_t rto_us;
	uint32_t ato_us;
	uint32_t snd_mss_bytes;
	uint32_t rcv_mss_bytes;
	uint32_t unacked_segments;
	uint32_t sacked_segments;
	uint32_t lost_segments;
	uint32_t retrans_segments;
	uint32_t fackets_segments;
	uint32_t last_data_sent_ms;
	uint32_t last_ack_sent_ms; /* not remembered by the kernel */
	uint32_t last_data_received_ms;
	uint32_t last_ack_received_ms;
	uint32_t pmtu_bytes;
	uint32_t rcv_ssthresh_bytes;
	uint32_t rtt_us;
	uint32_t rttvar_us;
	uint32_t snd_ssthresh_segments;
	uint32_t snd_cwnd_segments;
	uint32_t advmss_bytes;
	uint32_t reordering_segments;
	uint32_t rcv_rtt_us;
	uint32_t rcv_space_bytes;
	uint32_t total_retrans_segments;
	uint64_t pacing_rate_bytes_per_s;
	uint64_t max_pacing_rate_bytes_per_s;
	uint64_t bytes_acked;
	uint64_t bytes_received;
	uint32_t segs_out;
	uint32_t segs_in;
	uint32_t notsent_bytes;
	uint32_t min_rtt_us;
	uint32_t data_segs_in;
	uint32_t data_segs_out;
	uint64_t delivery_rate_bytes_per_s;
	uint64_t busy_time_us;
	uint64_t rwnd_limited_us;
	uint64_t sndbuf_limited_us;
	uint32_t delivered_segments;
	uint32_t delivered_ce_segments;
	uint64_t bytes_sent;
	uint64_t bytes_retrans;
	uint32_t dsack_dups;
	uint32_t reord_seen;
	uint32_t rcv_ooopack;
	uint32_t snd_wnd_bytes;
	uint32_t rcv_wnd_bytes;
	uint32_t rehash;
	uint16_t total_rto;
	uint16_t total_rto_recoveries;
	uint32_t total_rto_time_ms;
	uint32_t received_ce_segments;
	uint32_t delivered_e1_bytes; /* accurate ECN: bytes by the ECT mark they carried */
	uint32_t delivered_e0_bytes;
	uint32_t delivered_ce_bytes;
	uint32_t received_e1_bytes;
	uint32_t received_e0_bytes;
	uint32_t received_ce_bytes;
};

/*
 * How much of it is meaningful.  The kernel's struct goes on (4 bytes in Linux
 * 6.18), but those changed their meaning from one release to the next.
 */
#define TCP_FACTS_BYTES                                                                            \
	(offsetof(struct tcp_facts, received_ce_bytes) + sizeof(uint32_t))

/* True when the kernel delivered @field: sk->tcp_bytes reaches past it. */
#define tcp_facts_has(sk, field)                                                                   \
	((sk)->tcp && (sk)->tcp_bytes >= offsetof(struct tcp_facts, field) +                       \
						 sizeof((sk)->tcp->field))

#endif
