/* The 1000 classes of ImageNet (ILSVRC 2012) by the names of their folders, WordNet ids such as
 * n01440764. */
#ifndef SCALESTUDY_WORKLOADS_DATA_DATASET_IMAGENET_IDS_H
#define SCALESTUDY_WORKLOADS_DATA_DATASET_IMAGENET_IDS_H

#define IMAGENET_CLASSES 1000

/* Class number 0 .. 999 of a folder's name; -1 if it is not one of ImageNet's. */
int imagenet_class(const char *folder);

#define IMAGENET_ID_BYTES 10

/* The other way, for a number of 0 to 999. */
void imagenet_id(int number, char id[IMAGENET_ID_BYTES]);

/* What people call a class: "tench" is 0. Static; NULL for a number that is none. */
const char *imagenet_name(int number);

#endif
