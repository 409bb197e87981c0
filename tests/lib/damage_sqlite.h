/*
 * SQLite files damaged where their format says something: headers, cell pointers, varints, chains of overflow pages,
 * the list of free pages, and frames of a write-ahead log with checksums that fit.
 *
 *     damage_sqlite(&file, &rng);
 *     damage_wal(&log, &rng);
 */
#ifndef SCALESTUDY_TESTS_LIB_DAMAGE_SQLITE_H
#define SCALESTUDY_TESTS_LIB_DAMAGE_SQLITE_H

#include "damage.h"

/* ---- numbers ---- */

static inline unsigned char *damage_bytes(struct str *file)
{
    return (unsigned char *)file->text;
}

static inline uint32_t damage_number_at(const unsigned char *bytes, int n)
{
    uint32_t number = 0;

    for (int i = 0; i < n; i++)
        number = number << 8 | bytes[i];
    return number;
}

static inline void damage_put_number(unsigned char *bytes, int n, uint32_t number)
{
    for (int i = n - 1; i >= 0; i--, number >>= 8)
        bytes[i] = (unsigned char)number;
}

/* A number of n bytes becomes one that readers may not expect; `bound`: of pages, or bytes of one. */
static inline void damage_number(
    unsigned char *bytes, int n, uint32_t bound, uint32_t own, struct rng *rng)
{
    uint32_t was = damage_number_at(bytes, n);
    const uint32_t numbers[] = {0, 1, 2, was + 1, was - 1, was * 2, bound, bound + 1, bound - 1,
        own, UINT32_MAX, UINT32_MAX >> 1, (uint32_t)rng_below(rng, bound + 1),
        (uint32_t)rng_u64(rng)};

    damage_put_number(bytes, n, numbers[rng_below(rng, sizeof(numbers) / sizeof(numbers[0]))]);
}

/* Bytes of the varint; 0: it goes over the end. */
static inline size_t damage_varint_at(const unsigned char *bytes, size_t left, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < left && i < 9; i++) {
        *number = i == 8 ? *number << 8 | bytes[i] : *number << 7 | (bytes[i] & 0x7f);
        if (i == 8 || !(bytes[i] & 0x80))
            return i + 1;
    }
    return 0;
}

static inline void damage_varint(unsigned char *bytes, size_t left, struct rng *rng)
{
    uint64_t number;
    size_t n = damage_varint_at(bytes, left, &number);

    switch (n == 0 ? 3 : rng_below(rng, 4)) {
    case 0: /* another of the same length */
        bytes[n - 1] = (unsigned char)(rng_u64(rng) & 0x7f);
        break;
    case 1:
        bytes[0] ^= (unsigned char)(1 << rng_below(rng, 7));
        break;
    case 2: /* it swallows what follows */
        bytes[n - 1] |= 0x80;
        break;
    default: /* the largest */
        memset(bytes, 0xff, left < 9 ? left : 9);
        break;
    }
}

/* ---- pages ---- */

struct damage_page {
    uint32_t bytes, pages; /* of a page; of the file */
    uint32_t number;       /* from 1 */
    size_t at, header;     /* in the file; page 1 has the file's header before its own */
    int type;
};

#define DAMAGE_FILE_HEADER    100
#define DAMAGE_INTERIOR_INDEX 2
#define DAMAGE_INTERIOR_TABLE 5
#define DAMAGE_LEAF_INDEX     10
#define DAMAGE_LEAF_TABLE     13

static inline bool damage_find_page(struct str *file, uint32_t number, struct damage_page *page)
{
    const unsigned char *bytes = damage_bytes(file);
    uint32_t size = file->length > DAMAGE_FILE_HEADER ? damage_number_at(bytes + 16, 2) : 0;

    size = size == 1 ? 65536 : size;
    if (size < 512 || file->length / size == 0)
        return false;
    *page = (struct damage_page){.bytes = size, .pages = (uint32_t)(file->length / size)};
    page->number = 1 + (number - 1) % page->pages;
    page->at = (size_t)(page->number - 1) * size;
    page->header = page->at + (page->number == 1 ? DAMAGE_FILE_HEADER : 0);
    page->type = bytes[page->header];
    return true;
}

static inline size_t damage_cells_at(const struct damage_page *page)
{
    bool interior = page->type == DAMAGE_INTERIOR_INDEX || page->type == DAMAGE_INTERIOR_TABLE;

    return page->header + (interior ? 12 : 8);
}

static inline uint32_t damage_count_cells(struct str *file, const struct damage_page *page)
{
    uint32_t n = damage_number_at(damage_bytes(file) + page->header + 3, 2);
    uint32_t most = (uint32_t)(page->at + page->bytes - damage_cells_at(page)) / 2;

    return n < most ? n : most;
}

static inline void damage_file_header(struct str *file, uint32_t pages, struct rng *rng)
{
    static const struct {
        unsigned char at, bytes;
    } fields[] = {{16, 2}, {18, 1}, {19, 1}, {20, 1}, {21, 1}, {22, 1}, {23, 1}, {24, 4}, {28, 4},
        {32, 4}, {36, 4}, {40, 4}, {44, 4}, {48, 4}, {52, 4}, {56, 4}, {60, 4}, {64, 4}, {68, 4},
        {92, 4}, {96, 4}};
    size_t field = rng_below(rng, sizeof(fields) / sizeof(fields[0]));

    damage_number(damage_bytes(file) + fields[field].at, fields[field].bytes, pages, 3, rng);
}

static inline void damage_page_header(
    struct str *file, const struct damage_page *page, struct rng *rng)
{
    static const unsigned char types[] = {
        0, DAMAGE_INTERIOR_INDEX, DAMAGE_INTERIOR_TABLE, DAMAGE_LEAF_INDEX, DAMAGE_LEAF_TABLE, 255};
    unsigned char *header = damage_bytes(file) + page->header;

    switch (rng_below(rng, 6)) {
    case 0:
        header[0] = types[rng_below(rng, sizeof(types))];
        break;
    case 1: /* first free block */
        damage_number(header + 1, 2, page->bytes, 1, rng);
        break;
    case 2: /* number of cells */
        damage_number(header + 3, 2, page->bytes / 2, 1, rng);
        break;
    case 3: /* where cells begin */
        damage_number(header + 5, 2, page->bytes, 1, rng);
        break;
    case 4: /* bytes that are lost between cells */
        header[7] = (unsigned char)rng_below(rng, 256);
        break;
    default: /* the right-most child, of a page that has one */
        damage_number(header + 8, 4, page->pages, page->number, rng);
        break;
    }
}

/* Where the payload of a cell is, and how much of it is on the page. */
static inline bool damage_find_payload(struct str *file, const struct damage_page *page,
    size_t cell, size_t *payload, size_t *local, bool *overflows)
{
    const unsigned char *bytes = damage_bytes(file);
    size_t end = page->at + page->bytes, n, usable = page->bytes - bytes[20], most, least, more;
    bool is_table = page->type == DAMAGE_LEAF_TABLE;
    uint64_t size, row;

    if (page->type == DAMAGE_INTERIOR_TABLE || cell + 4 >= end)
        return false;
    cell += page->type == DAMAGE_INTERIOR_INDEX ? 4 : 0;
    n = damage_varint_at(bytes + cell, end - cell, &size);
    if (n == 0)
        return false;
    *payload = cell + n;
    if (is_table)
        *payload += damage_varint_at(bytes + *payload, end - *payload, &row);
    most = is_table ? usable - 35 : (usable - 12) * 64 / 255 - 23;
    least = (usable - 12) * 32 / 255 - 23;
    more = size > least ? least + (size - least) % (usable - 4) : least;
    *overflows = size > most;
    *local = !*overflows ? size : more <= most ? more : least;
    return *payload + *local + (*overflows ? 4 : 0) <= end;
}

/* Lengths, types and contents of a record. */
static inline void damage_record(unsigned char *record, size_t length, struct rng *rng)
{
    uint64_t header;
    size_t n = damage_varint_at(record, length, &header);

    if (n == 0 || rng_below(rng, 6) == 0) {
        damage_varint(record, length, rng);
        return;
    }
    header = header < length ? header : length;
    if (header > n && rng_below(rng, 4)) { /* the type of a column */
        size_t at = n + rng_below(rng, header - n);

        if (rng_below(rng, 2))
            record[at] = (unsigned char)rng_below(rng, 16);
        else
            damage_varint(record + at, length - at, rng);
    } else if (length > header) {
        record[header + rng_below(rng, length - header)] = (unsigned char)rng_below(rng, 256);
    }
}

static inline void damage_cell(struct str *file, const struct damage_page *page, struct rng *rng)
{
    unsigned char *bytes = damage_bytes(file);
    uint32_t n = damage_count_cells(file, page);
    size_t pointer = damage_cells_at(page) + 2 * rng_below(rng, n ? n : 1), payload, local, cell;
    bool overflows;

    if (n == 0 || rng_below(rng, 6) == 0) {
        damage_number(bytes + pointer, 2, page->bytes, 8, rng);
        return;
    }
    cell = page->at + damage_number_at(bytes + pointer, 2) % page->bytes;
    if (!damage_find_payload(file, page, cell, &payload, &local, &overflows) || local == 0) {
        /* A child, then a key. */
        if (cell + 13 < page->at + page->bytes && rng_below(rng, 2))
            damage_number(bytes + cell, 4, page->pages, page->number, rng);
        else
            damage_varint(bytes + cell, page->at + page->bytes - cell, rng);
    } else if (overflows && rng_below(rng, 2)) {
        size_t next = payload + local;
        struct damage_page other;

        /* The next page of the chain, or the one after it: to itself, for a chain without end. */
        if (rng_below(rng, 2) && damage_find_page(file, damage_number_at(bytes + next, 4), &other))
            damage_number(bytes + other.at, 4, page->pages, other.number, rng);
        else
            damage_number(bytes + next, 4, page->pages, page->number, rng);
    } else if (rng_below(rng, 3) == 0) {
        damage_varint(bytes + cell, page->at + page->bytes - cell, rng);
    } else {
        damage_record(bytes + payload, local, rng);
    }
}

/* Pages that hold the list of free pages; none: the header says that there are some. */
static inline void damage_free_list(struct str *file, uint32_t pages, struct rng *rng)
{
    unsigned char *bytes = damage_bytes(file);
    struct damage_page trunk;

    if (damage_number_at(bytes + 32, 4) == 0 || rng_below(rng, 4) == 0) {
        damage_number(bytes + 32, 4, pages, 1, rng);
        damage_number(bytes + 36, 4, pages, 1, rng);
    } else if (damage_find_page(file, damage_number_at(bytes + 32, 4), &trunk)) {
        size_t field = rng_below(rng, 6);

        damage_number(bytes + trunk.at + 4 * field, 4, pages, trunk.number, rng);
    }
}

static inline void damage_sqlite(struct str *file, struct rng *rng)
{
    int times = 1 + (int)rng_below(rng, 3);

    for (int i = 0; i < times; i++) {
        struct damage_page page, other;

        if (!damage_find_page(file, 1 + (uint32_t)rng_below(rng, 1 << 20), &page) ||
            !damage_find_page(file, 1 + (uint32_t)rng_below(rng, 1 << 20), &other)) {
            damage(file, rng);
            continue;
        }
        switch (rng_below(rng, 10)) {
        case 0:
            damage_file_header(file, page.pages, rng);
            break;
        case 1:
            damage_page_header(file, &page, rng);
            break;
        case 2:
            damage_free_list(file, page.pages, rng);
            break;
        case 3: /* one page in another's place */
            memcpy(file->text + page.at, file->text + other.at, page.bytes);
            break;
        case 4:
            damage(file, rng);
            break;
        default:
            damage_cell(file, &page, rng);
            break;
        }
    }
}

/* ---- write-ahead logs ---- */

#define DAMAGE_WAL_HEADER   32
#define DAMAGE_FRAME_HEADER 24

static inline void damage_wal_sum(
    const unsigned char *bytes, size_t length, bool big_endian, uint32_t sum[2])
{
    for (size_t i = 0; i + 8 <= length; i += 8) {
        uint32_t words[2] = {damage_number_at(bytes + i, 4), damage_number_at(bytes + i + 4, 4)};

        for (int k = 0; k < 2 && !big_endian; k++)
            words[k] = __builtin_bswap32(words[k]);
        sum[0] += words[0] + sum[1];
        sum[1] += words[1] + sum[0];
    }
}

/* Every frame gets the checksum of what it is now. */
static inline void damage_mend_wal(struct str *log)
{
    unsigned char *bytes = damage_bytes(log);
    uint32_t sum[2] = {0, 0}, page;
    bool big_endian = log->length >= DAMAGE_WAL_HEADER && (bytes[3] & 1);

    if (log->length < DAMAGE_WAL_HEADER)
        return;
    page = damage_number_at(bytes + 8, 4);
    damage_wal_sum(bytes, DAMAGE_WAL_HEADER - 8, big_endian, sum);
    damage_put_number(bytes + 24, 4, sum[0]);
    damage_put_number(bytes + 28, 4, sum[1]);
    if (page < 512 || page > 65536)
        return;
    for (size_t at = DAMAGE_WAL_HEADER; at + DAMAGE_FRAME_HEADER + page <= log->length;
         at += DAMAGE_FRAME_HEADER + page) {
        memcpy(bytes + at + 8, bytes + 16, 8); /* the salts */
        damage_wal_sum(bytes + at, 8, big_endian, sum);
        damage_wal_sum(bytes + at + DAMAGE_FRAME_HEADER, page, big_endian, sum);
        damage_put_number(bytes + at + 16, 4, sum[0]);
        damage_put_number(bytes + at + 20, 4, sum[1]);
    }
}

static inline void damage_wal(struct str *log, struct rng *rng)
{
    unsigned char *bytes = damage_bytes(log);
    uint32_t page = log->length > DAMAGE_WAL_HEADER ? damage_number_at(bytes + 8, 4) : 0;
    size_t frames =
        page ? (log->length - DAMAGE_WAL_HEADER) / (page + (size_t)DAMAGE_FRAME_HEADER) : 0;
    int times = 1 + (int)rng_below(rng, 3);

    for (int i = 0; i < times && frames > 0; i++) {
        size_t frame =
            DAMAGE_WAL_HEADER + rng_below(rng, frames) * (page + (size_t)DAMAGE_FRAME_HEADER);

        switch (rng_below(rng, 5)) {
        case 0: /* version, size of a page, number of the checkpoint, salts */
            damage_number(bytes + 4 + 4 * rng_below(rng, 5), 4, page, 1, rng);
            break;
        case 1: /* which page it is */
            damage_number(bytes + frame, 4, (uint32_t)frames, 1, rng);
            break;
        case 2: /* the file's size after it, or that more of its transaction follows */
            damage_number(bytes + frame + 4, 4, (uint32_t)frames, 0, rng);
            break;
        default:
            bytes[frame + DAMAGE_FRAME_HEADER + rng_below(rng, page)] ^=
                (unsigned char)(1 << rng_below(rng, 8));
            break;
        }
    }
    if (frames == 0 || rng_below(rng, 8) == 0)
        damage(log, rng);
    if (rng_below(rng, 4))
        damage_mend_wal(log);
}

#endif
