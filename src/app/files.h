/*
 * Whole files as text.
 */
#ifndef APP_FILES_H
#define APP_FILES_H

#include "base/error.h"

/* A file that is given on the command line may be this large. */
#define FILE_TEXT_MAX ((size_t)16 * 1024 * 1024)

/*
 * The text of the file at @path ("-": standard input), NUL-terminated, to be freed;
 * or NULL with @err set.
 */
char *file_text(const char *path, struct error *err);

#endif
