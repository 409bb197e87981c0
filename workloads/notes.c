/* Copying remarks about a dataset from the set into plain structs. */
#include "notes.h"

#include "workloads/data/dataset/splits.h"

void notes_of_left_out(const struct left_out *left_out, struct data_notes *notes)
{
    struct str text = STR_INIT;

    *notes = (struct data_notes){.train_images = 0};
    left_out_say(left_out, &text);
    str_copy(notes->left_out, sizeof(notes->left_out), text.text);
    str_release(&text);
}

void notes_of_set(const struct dataset *set, struct data_notes *notes)
{
    struct str text = STR_INIT;

    notes_of_left_out(&set->left_out, notes);
    notes->train_images = dataset_count(set, SPLIT_TRAIN);
    splits_say(set, &text);
    str_copy(notes->splits, sizeof(notes->splits), text.text);
    str_release(&text);
}
