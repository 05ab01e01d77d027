// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/entry.h"

#include <QThread>

#include <openssl/crypto.h>

#include <memory>

namespace Mailgauge::Delivery {

/// Asks the thread to end and waits for it.
struct QuitAndWait {
    void operator()(QThread *thread) const
    {
        thread->quit();
        thread->wait();
        delete thread;
    }
};
using IoThreadPtr = std::unique_ptr<QThread, QuitAndWait>;

/// A running thread that `worker` was moved to; the worker is deleted when it ends.
[[nodiscard]] inline IoThreadPtr startIoThread(QObject *worker, const char *name)
{
    qRegisterMetaType<QList<Transcript::Entry>>();
    IoThreadPtr thread(new QThread);
    thread->setObjectName(name);
    worker->moveToThread(thread.get());
    QObject::connect(thread.get(), &QThread::finished, worker, &QObject::deleteLater);
    // In the thread, as its last word: else OpenSSL gives its state back behind wait(), at times
    // after the program's end.
    QObject::connect(
        thread.get(), &QThread::finished, thread.get(), &OPENSSL_thread_stop, Qt::DirectConnection);
    thread->start();
    return thread;
}

} // namespace Mailgauge::Delivery
