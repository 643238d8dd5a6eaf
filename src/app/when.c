/* Moments as people write them: see when.h. */
#include "config.h"

#include "app/when.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MS 1000
#define DAY_S 86400

/* A date and a time of day, as far as they were given. */
struct parts {
	int year;
	int month;
	int day;
	int hour;
	int minute;
	int second;
	int ms;
	bool zoned;   /* @offset_s is known */
	int offset_s; /* east of Greenwich */
};

/* Exactly @digits digits at *@p, at most @max. */
static bool take_number(const char **p, int digits, int max, int *out)
{
	const char *s = *p;
	int n = 0;

	for (int i = 0; i < digits; i++, s++) {
		if (*s < '0' || *s > '9')
			return false;
		n = 10 * n + (*s - '0');
	}
	*p = s;
	*out = n;
	return n <= max;
}

static bool take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	++*p;
	return true;
}

static bool take_word(const char **p, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*p, word, len) != 0)
		return false;
	*p += len;
	return true;
}

/* ".25": 250. */
static bool take_fraction(const char **p, int *ms)
{
	int weight = 100;

	if (!take_char(p, '.'))
		return true;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; ++*p, weight /= 10)
		*ms += (**p - '0') * weight;
	return true;
}

static bool take_date(const char **p, struct parts *parts)
{
	return take_number(p, 4, 9999, &parts->year) && take_char(p, '-') &&
	       take_number(p, 2, 12, &parts->month) && take_char(p, '-') &&
	       take_number(p, 2, 31, &parts->day) && parts->month && parts->day;
}

/* "14:03", "14:03:05", "14:03:05.25" */
static bool take_time(const char **p, struct parts *parts)
{
	if (!take_number(p, 2, 23, &parts->hour) || !take_char(p, ':') ||
	    !take_number(p, 2, 59, &parts->minute))
		return false;
	if (!take_char(p, ':'))
		return true;
	return take_number(p, 2, 60, &parts->second) && take_fraction(p, &parts->ms);
}

/* "Z", "+01:00", or nothing: local time. */
static bool take_zone(const char **p, struct parts *parts)
{
	int sign = **p == '-' ? -1 : 1;
	int hours;
	int minutes;

	parts->zoned = true;
	if (take_char(p, 'Z') || take_char(p, 'z'))
		return true;
	if (!take_char(p, '+') && !take_char(p, '-')) {
		parts->zoned = false;
		return true;
	}
	if (!take_number(p, 2, 23, &hours))
		return false;
	take_char(p, ':');
	if (!take_number(p, 2, 59, &minutes))
		return false;
	parts->offset_s = sign * (3600 * hours + 60 * minutes);
	return true;
}

/* False for what is no day of its month, or before 1970. */
static bool moment_of(const struct parts *parts, uint64_t *out)
{
	struct tm tm = {
		.tm_year = parts->year - 1900,
		.tm_mon = parts->month - 1,
		.tm_mday = parts->day,
		.tm_hour = parts->hour,
		.tm_min = parts->minute,
		.tm_sec = parts->second,
		.tm_isdst = -1,
	};
	struct tm day = { .tm_year = tm.tm_year, .tm_mon = tm.tm_mon, .tm_mday = tm.tm_mday };
	time_t seconds = parts->zoned ? timegm(&tm) - parts->offset_s : mktime(&tm);

	timegm(&day);
	if (seconds < 0 || day.tm_mday != parts->day)
		return false;
	*out = (uint64_t)seconds * MS + (uint64_t)parts->ms;
	return true;
}

/* The day of @time_ms by the local clock, @days later. */
static void set_day(struct parts *parts, uint64_t time_ms, int days)
{
	time_t seconds = (time_t)(time_ms / MS);
	struct tm tm;

	localtime_r(&seconds, &tm);
	tm.tm_mday += days;
	tm.tm_hour = 12; /* whatever summer time does at night */
	tm.tm_isdst = -1;
	mktime(&tm);
	parts->year = tm.tm_year + 1900;
	parts->month = tm.tm_mon + 1;
	parts->day = tm.tm_mday;
}

static bool parse_date(const char *p, const struct when_span *span, uint64_t *out)
{
	struct parts parts = { .year = 0 };

	(void)span;
	if (!take_date(&p, &parts))
		return false;
	if (*p && !((take_char(&p, ' ') || take_char(&p, 'T') || take_char(&p, 't')) &&
		    take_time(&p, &parts)))
		return false;
	take_char(&p, ' ');
	return take_zone(&p, &parts) && !*p && moment_of(&parts, out);
}

/* A time of day is the last one in the recording. */
static bool parse_time(const char *p, const struct when_span *span, uint64_t *out)
{
	struct parts parts = { .year = 0 };

	if (!take_time(&p, &parts) || *p)
		return false;
	set_day(&parts, span->last_ms, 0);
	if (!moment_of(&parts, out))
		return false;
	if (*out <= span->last_ms)
		return true;
	set_day(&parts, span->last_ms, -1);
	return moment_of(&parts, out);
}

static bool parse_day(const char *p, const struct when_span *span, uint64_t *out)
{
	struct parts parts = { .year = 0 };
	int days = 0;

	if (take_word(&p, "yesterday"))
		days = -1;
	else if (!take_word(&p, "today"))
		return false;
	set_day(&parts, span->now_ms, days);
	if (*p && !(take_char(&p, ' ') && take_time(&p, &parts)))
		return false;
	return !*p && moment_of(&parts, out);
}

static bool parse_word(const char *p, const struct when_span *span, uint64_t *out)
{
	const struct {
		const char *word;
		uint64_t time_ms;
	} words[] = {
		{ "first", span->first_ms },
		{ "last", span->last_ms },
		{ "now", span->now_ms },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		*out = words[i].time_ms;
		if (!strcmp(p, words[i].word))
			return true;
	}
	return false;
}

static bool parse_epoch(const char *p, const struct when_span *span, uint64_t *out)
{
	unsigned long long seconds;
	int ms = 0;
	char *end;

	(void)span;
	if (!take_char(&p, '@') || *p < '0' || *p > '9')
		return false;
	seconds = strtoull(p, &end, 10);
	p = end;
	if (seconds > (uint64_t)9999 * 366 * DAY_S || !take_fraction(&p, &ms) || *p)
		return false;
	*out = seconds * MS + (uint64_t)ms;
	return true;
}

/* "1h30m", "90s", "250ms": *@out milliseconds. */
static bool take_duration(const char *p, uint64_t *out)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", MS }, { "min", 60 * MS }, { "m", 60 * MS },
		{ "h", 3600 * MS }, { "d", (uint64_t)DAY_S * MS },
		{ "w", (uint64_t)7 * DAY_S * MS },
	};

	*out = 0;
	do {
		char *end;
		unsigned long long n;
		size_t i = 0;

		if (*p < '0' || *p > '9')
			return false;
		n = strtoull(p, &end, 10);
		p = end;
		while (i < sizeof(units) / sizeof(units[0]) && !take_word(&p, units[i].unit))
			i++;
		if (i == sizeof(units) / sizeof(units[0]) || n > UINT32_MAX)
			return false;
		*out += n * units[i].ms;
	} while (*p);
	return true;
}

/* "-5m" is before the end, "+5m" after the beginning. */
static bool parse_distance(const char *p, const struct when_span *span, uint64_t *out)
{
	uint64_t ms;

	if (take_char(&p, '+')) {
		if (!take_duration(p, &ms))
			return false;
		*out = span->first_ms + ms;
		return true;
	}
	if (!take_char(&p, '-') || !take_duration(p, &ms))
		return false;
	*out = span->last_ms > ms ? span->last_ms - ms : 0;
	return true;
}

static bool (*const ways[])(const char *p, const struct when_span *span, uint64_t *out) = {
	parse_date, parse_time, parse_day, parse_word, parse_epoch, parse_distance,
};

int when_parse(const char *text, const struct when_span *span, uint64_t *out, struct error *err)
{
	char first[WHEN_TEXT_MAX];
	char last[WHEN_TEXT_MAX];

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (ways[i](text, span, out))
			return 0;
	when_text(first, span->first_ms);
	when_text(last, span->last_ms);
	return error_set(err, 0, "'%s' is no time: expected one like '2026-11-22 14:03:05', 14:03, "
			 "2026-11-22T14:03:05Z, @1795356185, -5m, +1h, 'yesterday 14:00', first or "
			 "last; the recording goes from %s to %s", text, first, last);
}

void when_text(char *out, uint64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / MS);
	struct tm tm = { .tm_year = 0 };
	size_t len;

	localtime_r(&seconds, &tm);
	len = strftime(out, WHEN_TEXT_MAX, "%Y-%m-%d %H:%M:%S", &tm);
	if (time_ms % MS)
		snprintf(out + len, WHEN_TEXT_MAX - len, ".%03u", (unsigned int)(time_ms % MS));
}

void when_stamp(char *out, uint64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / MS);
	struct tm tm = { .tm_year = 0 };
	char zone[8] = "+0000";
	size_t len;

	localtime_r(&seconds, &tm);
	len = strftime(out, WHEN_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(out + len, WHEN_TEXT_MAX - len, ".%03u%.3s:%s", (unsigned int)(time_ms % MS),
		 zone, zone + 3);
}

void when_utc(char *out, uint64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / MS);
	struct tm tm = { .tm_year = 0 };
	size_t len;

	gmtime_r(&seconds, &tm);
	len = strftime(out, WHEN_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	if (time_ms % MS)
		len += (size_t)snprintf(out + len, WHEN_TEXT_MAX - len, ".%03u",
					(unsigned int)(time_ms % MS));
	snprintf(out + len, WHEN_TEXT_MAX - len, "Z");
}
