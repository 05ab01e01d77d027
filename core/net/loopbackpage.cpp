// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/loopbackpage.h"

#include "base/literals.h"

#include <QTcpSocket>
#include <QTimer>

#include <utility>

namespace Mailgauge::Net {

LoopbackPage::LoopbackPage(Judge judge, QObject *parent)
    : QObject(parent)
    , m_judge(std::move(judge))
{
    m_server.setMaxPendingConnections(MaxConnections);
    connect(&m_server, &QTcpServer::newConnection, this, &LoopbackPage::accept);
}

Base::Result<quint16> LoopbackPage::listen()
{
    if (!m_server.listen(QHostAddress(QHostAddress::LocalHost), 0))
        return Base::fail(Base::Error::Kind::Io, u"listen: "_s + m_server.errorString());
    return m_server.serverPort();
}

void LoopbackPage::accept()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        if (m_requests.size() >= MaxConnections) {
            delete socket;
            continue;
        }
        socket->setParent(this);
        m_requests.insert(socket, {});
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_requests.remove(socket);
            socket->deleteLater();
        });
        QTimer::singleShot(RequestLimit, socket, &QTcpSocket::abort);
    }
}

void LoopbackPage::read(QTcpSocket *socket)
{
    const auto request = m_requests.find(socket);
    if (request == m_requests.end())
        return; // answered already
    *request += socket->read(MaxRequest + 1 - request->size());
    const qsizetype end = request->indexOf("\r\n\r\n");
    if (end < 0 && request->size() <= MaxRequest)
        return;
    const QByteArray head = std::exchange(*request, {}).first(qMax(end, 0));
    m_requests.erase(request);
    const QList<QByteArray> words = head.first(qMax(head.indexOf("\r\n"), 0)).split(' ');
    if (words.size() != 3 || words[0] != "GET" || !words[1].startsWith('/')
        || !words[2].startsWith("HTTP/1.") || !isHere(head))
        return answer(socket, "400 Bad Request"_ba, {});
    // A browser asks for its icon, too.
    if (!m_server.isListening() || words[1] == "/favicon.ico")
        return answer(socket, "404 Not Found"_ba, {});
    const Answer judged = m_judge(words[1]);
    if (judged.taken)
        m_server.close();
    answer(socket, judged.taken ? "200 OK"_ba : "404 Not Found"_ba, judged.text);
}

bool LoopbackPage::isHere(const QByteArray &head) const
{
    const QByteArray port = ':' + QByteArray::number(m_server.serverPort());
    const QList<QByteArray> lines = head.split('\n');
    for (const QByteArray &line : lines) {
        if (!line.toLower().startsWith("host:"))
            continue;
        const QByteArray host = line.sliced(5).trimmed().toLower();
        return host == "127.0.0.1" + port || host == "localhost" + port;
    }
    return false;
}

void LoopbackPage::answer(QTcpSocket *socket, const QByteArray &status, const QString &text)
{
    const QByteArray body = "<!DOCTYPE html><meta charset=\"utf-8\"><title>Mailgauge</title><p>"
        + text.toHtmlEscaped().toUtf8() + "</p>\n";
    // The address holds a code: it must not go on to anybody as a referrer, nor stay in a cache.
    socket->write("HTTP/1.1 " + status
        + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
        + QByteArray::number(body.size())
        + "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
          "Content-Security-Policy: default-src 'none'\r\nConnection: close\r\n\r\n"
        + body);
    socket->flush(); // whoever took it may end us soon
    socket->disconnectFromHost();
}

} // namespace Mailgauge::Net

#include "moc_loopbackpage.cpp"
