/* What tells a recording from other files, with or without SQLite. */
#include "config.h"

#include <string.h>

#include "store/recording.h"

bool recording_is(const void *first_bytes, size_t size)
{
	static const char magic[RECORDING_FIRST_BYTES] = "SQLite format 3";

	return size >= sizeof(magic) && !memcmp(first_bytes, magic, sizeof(magic));
}
