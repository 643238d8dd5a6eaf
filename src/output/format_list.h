/*
 * The formats' functions: declared for the table in formats.c, one block a format.
 */
#ifndef OUTPUT_FORMAT_LIST_H
#define OUTPUT_FORMAT_LIST_H

#include "output/formats.h"

void table_begin(struct writer *w);
void table_row(struct writer *w, const struct value *cells);
void table_end(struct writer *w);

void json_begin(struct writer *w);
void json_row(struct writer *w, const struct value *cells);
void json_end(struct writer *w);

void jsonl_begin(struct writer *w);
void jsonl_row(struct writer *w, const struct value *cells);
void jsonl_end(struct writer *w);

void csv_begin(struct writer *w);
void csv_row(struct writer *w, const struct value *cells);
void csv_end(struct writer *w);

void tsv_begin(struct writer *w);
void tsv_row(struct writer *w, const struct value *cells);
void tsv_end(struct writer *w);

void template_begin(struct writer *w);
void template_row(struct writer *w, const struct value *cells);
void template_end(struct writer *w);

#endif
