/* Durations and sizes as people write them: see amount.h. */
#include "config.h"

#include "app/amount.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <strings.h>

struct unit {
	const char *name;
	double factor;
};

/* The first one goes without a name. */
static const struct unit durations[] = {
	{ "", 1e3 },	 { "s", 1e3 },	    { "m", 60e3 },	 { "min", 60e3 },
	{ "h", 3600e3 }, { "d", 24 * 3600e3 }, { "w", 7 * 24 * 3600e3 },
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "K", 1024.0 },
	{ "KB", 1024.0 },
	{ "KiB", 1024.0 },
	{ "M", 1024.0 * 1024 },
	{ "MB", 1024.0 * 1024 },
	{ "MiB", 1024.0 * 1024 },
	{ "G", 1024.0 * 1024 * 1024 },
	{ "GB", 1024.0 * 1024 * 1024 },
	{ "GiB", 1024.0 * 1024 * 1024 },
	{ "T", 1024.0 * 1024 * 1024 * 1024 },
	{ "TB", 1024.0 * 1024 * 1024 * 1024 },
	{ "TiB", 1024.0 * 1024 * 1024 * 1024 },
};

/* Both stay below 2^53: exact as a double. */
#define AMOUNT_MAX 9007199254740992.0

static int parse(const char *text, const struct unit *units, size_t count, uint64_t *out)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || !isfinite(value) || value < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(end, units[i].name))
			continue;
		value *= units[i].factor;
		*out = value < AMOUNT_MAX ? (uint64_t)value : 0;
		return value < AMOUNT_MAX ? 0 : -1;
	}
	return -1;
}

int amount_parse_duration(const char *text, uint64_t *ms, struct error *err)
{
	if (parse(text, durations, sizeof(durations) / sizeof(durations[0]), ms))
		return error_set(err, 0, "'%s' is not a duration like 90s, 30m, 24h or 7d", text);
	return 0;
}

int amount_parse_size(const char *text, uint64_t *bytes, struct error *err)
{
	if (parse(text, sizes, sizeof(sizes) / sizeof(sizes[0]), bytes))
		return error_set(err, 0, "'%s' is not a size like 500M or 2G", text);
	return 0;
}
