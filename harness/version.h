/* The program's version, as CHANGELOG.md and every stored environment name it. */
#ifndef SCALESTUDY_HARNESS_VERSION_H
#define SCALESTUDY_HARNESS_VERSION_H

#define SCALESTUDY_VERSION "0.1.0"

#endif
