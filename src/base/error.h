/*
 * What went wrong, as a value.
 *
 * Library code fills a struct error and returns -1; it never prints and never
 * exits.  Only app/ speaks.  Messages name the subject in quotes, are lower
 * case and have no full stop.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

struct error {
	int code;	/* an errno value, or 0 when no system call failed */
	char text[512]; /* one line, already with strerror(code) where code != 0 */
};

/*
 * Fill @err (NULL is fine) with the formatted text, followed by ": " and
 * strerror(@code) unless @code is 0.  Always returns -1, so that a failing line
 * reads as one sentence: return error_set(err, errno, "cannot open '%s'", path);
 */
int error_set(struct error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
