/*
 * Durations and sizes as people write them: 90s, 24h, 7d; 500M, 2G.
 */
#ifndef APP_AMOUNT_H
#define APP_AMOUNT_H

#include <stdint.h>

#include "base/error.h"

/*
 * A number with one of the units s, m, h, d, w, or none for seconds, in milliseconds;
 * 0 is none.  0, or -1 with @err set.
 */
int amount_parse_duration(const char *text, uint64_t *ms, struct error *err);

/* A number with one of K, M, G, T (powers of 1024, a B or iB may follow), or none for bytes. */
int amount_parse_size(const char *text, uint64_t *bytes, struct error *err);

#endif
