# connections.pl VIP PORT FIRST END: the connections of a UDP service from the clients FIRST to END-1, by one packet from each.
use strict;
use warnings;
use Socket;

my ($vip, $port, $first, $end) = @ARGV;
socket(my $socket, AF_INET, SOCK_RAW, 255) or die "cannot open a raw socket: $!\n";
my $address = inet_aton($vip);
my $to = pack_sockaddr_in(0, $address);
for my $number ($first .. $end - 1) {
  my $client = pack("N", 0x0a640000 + int($number / 50000));
  my $ip = pack("CCnnnCCna4a4", 0x45, 0, 29, 0, 0, 64, 17, 0, $client, $address);
  my $udp = pack("nnnnC", 1024 + $number % 50000, $port, 9, 0, 0);
  defined send($socket, $ip . $udp, 0, $to) or die "cannot send packet $number: $!\n";
}
