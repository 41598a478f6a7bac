/** Configurations of keepalived as people publish them, by what is special in each. `FOLDER` is where included files lie. */
export const CONFIGURATIONS: Readonly<Record<string, string>> = {
  "a web site behind NAT, with all defaults": `! Configuration File for keepalived
global_defs {
   notification_email {
     admin@example.com
   }
   notification_email_from keepalived@example.com
   smtp_server 127.0.0.1
   smtp_connect_timeout 30
   router_id LVS_DEVEL
}

vrrp_instance VI_1 {
    state MASTER
    interface eth9
    virtual_router_id 51
    priority 100
    authentication {
        auth_type PASS
        auth_pass 1111
    }
    virtual_ipaddress {
        192.0.2.1/24 dev eth9
    }
}

virtual_server 192.0.2.1 80 {
    delay_loop 6
    real_server 10.0.0.3 8080 {
    }
    real_server 10.0.0.1 {
        weight 3
    }
    real_server 10.0.0.2 80 {
        weight 0
    }
    real_server 10.0.0.4 0 {
    }
}
`,
  "direct routing with checks": `virtual_server 192.0.2.1 443 {
    delay_loop 60
    lb_algo wrr
    lb_kind DR
    persistence_timeout 50
    persistence_granularity 255.255.255.0
    protocol TCP
    quorum 2
    quorum_up "/bin/true # up { "
    smtp_alert
    real_server 10.0.0.1 8443 {
        weight 1
        SSL_GET {
            url {
              path /
              digest ff20ad2481f97b1754ef3e12ecd3a9cc
            }
            url {
              path /mrtg/
              status_code 200-299 301
            }
            connect_timeout 3
            retry 3
            delay_before_retry 3
        }
    }
    real_server 10.0.0.2 443 {
        weight 4  # the new one
        TCP_CHECK { connect_timeout 3 }
        notify_down '/bin/false "a b" }'
    }
}
`,
  "tunnels of every type": `virtual_server 192.0.2.1 80 {
    lvs_sched lc
    lvs_method TUN
    protocol TCP
    real_server 10.0.0.1 80 {
    }
    real_server 10.0.0.2 80 {
        lvs_method TUN type gue port 6080 remcsum
    }
    real_server 10.0.0.3 80 {
        lvs_method TUN type gre csum
    }
    real_server 10.0.0.4 80 {
        lvs_method TUN nocsum type gue port 6081
    }
    real_server fd00::5 80 {
    }
    real_server 10.0.0.6 8080 {
        lvs_method NAT
    }
    real_server 10.0.0.7 8080 {
        lvs_method DR
    }
}
`,
  "marks of every family": `virtual_server fwmark 1 {
    lb_algo rr
    lb_kind NAT
    protocol TCP
    real_server 10.0.0.1 8080 {
    }
    real_server 10.0.0.2 {
    }
}
virtual_server fwmark 2 {
    lb_kind DR
    ops
    real_server fd00::1 80 {
    }
}
virtual_server fwmark 3 {
    lb_kind TUN
    real_server fd00::1 80 {
    }
}
virtual_server fwmark 4 {
    lb_kind TUN
    real_server fd00::1 80 {
    }
    real_server 10.0.0.1 80 {
    }
}
virtual_server fwmark 5 {
    lb_kind TUN
    ip_family inet6
    real_server 10.0.0.1 {
    }
}
virtual_server fwmark 6 {
    lb_kind TUN
    persistence_granularity 64
    real_server 10.0.0.1 {
    }
}
virtual_server fwmark 7 {
    lb_kind TUN
    persistence_granularity 255.255.0.0
    persistence_timeout 20
    real_server fd00::1 {
    }
}
virtual_server fwmark 4294967295 {
    real_server 10.0.0.1 {
    }
}
`,
  "a group with ranges": `virtual_server group WEB {
    protocol TCP
    lb_kind DR
    real_server 10.0.0.1 80 {
    }
    real_server 10.0.0.2 81 {
    }
}
virtual_server group WEB {
    protocol UDP
    ops
    real_server 10.0.0.1 53 {
    }
    real_server 10.0.0.2 {
    }
}
virtual_server_group WEB {
    192.0.2.1 80
    192.0.2.10-12 443
    192.0.2.254-192.0.2.255 80
    192.0.4.8/30 81
    192.0.4.77/32 82
}
virtual_server_group MASKED {
    192.0.2.20 80
    fwmark 5
}
virtual_server group MASKED {
    protocol TCP
    real_server 10.0.0.1 {
    }
}
`,
  "groups that hold all ports, marks and IPv6": `virtual_server_group ANY
{
    192.0.2.1
    192.0.2.2 0
    192.0.2.3 80
    fwmark 5
}
virtual_server_group SIX {
    fd00:1::fffd-fd00:1::ffff 80
    fd00:1::a-f 81
    fd00:2::4/126 82
}
virtual_server_group MARKS {
    fwmark 101
    fwmark 102
    fwmark 103 inet6
}
virtual_server_group PLAIN {
    fwmark 111
    fwmark 112
}
virtual_server group PLAIN {
    lb_kind TUN
    real_server fd00::1 {
    }
}
virtual_server_group SERVED {
    fwmark 113
}
virtual_server group SERVED {
    real_server fd00::1 {
    }
}
virtual_server_group BOTH {
    192.0.2.9 80
    fd00:3::9 80
    fwmark 104 inet6
    fwmark 105 inet
}
virtual_server_group SIXANDMARK {
    fd00:4::9 80
    fwmark 106
}
virtual_server group ANY {
    protocol TCP
    real_server 10.0.0.1 8080 {
    }
    real_server 10.0.0.2 {
    }
}
virtual_server group SIX {
    protocol TCP
    real_server fd00::1 8080 {
    }
}
virtual_server group MARKS {
    lb_kind TUN
    real_server fd00::1 {
    }
}
virtual_server group BOTH {
    protocol SCTP
    lb_kind TUN
    real_server fd00::1 {
    }
    real_server 10.0.0.1 {
    }
}
virtual_server group SIXANDMARK {
    protocol TCP
    lb_kind TUN
    real_server 10.0.0.1 {
    }
}
`,
  IPv6: `virtual_server fd00:5::1 80 {
    lb_algo sed
    lb_kind DR
    protocol TCP
    persistence_timeout
    persistence_granularity 64
    sorry_server fd00::99 80
    real_server FD00:0::1 80 {
        weight 2
    }
    real_server fd00::2 80 {
        uthreshold 1000
        lthreshold 800
    }
}
virtual_server fd00:5::2 {
    protocol UDP
    real_server fd00::2 53 {
    }
    real_server fd00::3 {
    }
}
`,
  "name servers over UDP, packet by packet, and calls": `virtual_server 192.0.2.1 53 {
    lb_algo rr
    lb_kind NAT
    ops
    real_server 10.0.0.1 53 {
        DNS_CHECK {
            name example.com
            type A
        }
    }
    real_server 10.0.0.2 53 {
        MISC_CHECK {
            misc_path "/bin/true"
            misc_timeout 5
        }
    }
}
virtual_server 192.0.2.1 53 {
    protocol tcp
    ops
    real_server 10.0.0.1 53 {
    }
}
virtual_server 192.0.2.1 5060 {
    protocol UDP
    ops
    persistence_timeout 100
    persistence_engine sip
    real_server 10.0.0.1 5060 {
    }
}
virtual_server 192.0.2.2 5060 {
    protocol UDP
    persistence_engine sip
    real_server 10.0.0.1 5060 {
    }
}
`,
  "a sorry server, thresholds and weights of the virtual server": `virtual_server 192.0.2.1 80 {
    lb_kind DR
    protocol TCP
    sorry_server 10.0.0.99 8080
    real_server 10.0.0.1 80 {
        uthreshold 10
        lthreshold 5
    }
    real_server 10.0.0.2 80 {
        weight 9
        uthreshold 70000
    }
    weight 7
}
virtual_server 192.0.2.2 80 {
    protocol TCP
    sorry_server 10.0.0.99
    sorry_server_inhibit
    sorry_server_lvs_method TUN type gue port 6080
    inhibit_on_failure
    real_server 10.0.0.1 80 {
        weight 3
        weight 2147483647
    }
}
`,
  "hashing with flags, and those that do not count": `virtual_server 192.0.2.1 80 {
    protocol TCP
    lb_algo mh
    mh-port
    mh-fallback
    flag-3
    real_server 10.0.0.9 80 {
    }
    real_server 10.0.0.1 80 {
        weight 2
    }
    real_server 10.0.0.5 80 {
    }
}
virtual_server 192.0.2.2 80 {
    protocol TCP
    sh-port
    mh-fallback
    lb_algo sh
    sh-fallback
    real_server 10.0.0.9 80 {
    }
    real_server 10.0.0.1 80 {
    }
}
virtual_server 192.0.2.3 80 {
    protocol TCP
    lb_algo sh
    flag-1
    sh-port
    lb_algo dh
    real_server 10.0.0.3 80 {
    }
    real_server 10.0.0.1 80 {
    }
    real_server 10.0.0.2 80 {
    }
}
`,
  "a sync daemon and timeouts": `global_defs {
    lvs_sync_daemon eth9 id 5 maxlen 1400 port 9000 ttl 3 group 224.0.0.99
    lvs_timeouts tcp 100 udp 50
    lvs_flush
}
virtual_server 192.0.2.1 {
    protocol TCP
    lb_kind DR
    real_server 10.0.0.1 80 {
    }
}
`,
  "files that are included": `include FOLDER/defaults.inc
include FOLDER/conf.d/*.conf
include FOLDER/{more,most}.inc
include FOLDER/none-of-these/*.conf

virtual_server 192.0.2.1 $PORT {
    protocol TCP
    include FOLDER/servers.inc   # both of them
}
`,
  "parameters, conditions, sequences and lists": `$NET=10.0.0
$PORT=80
@director1 $KIND=DR
@^director1 $KIND=NAT
$RS= \\
    real_server \${NET}.\${N} $PORT { \\
        weight 5 \\
    }
$VS= \\
virtual_server 192.0.2.\${V} $PORT { \\
    protocol TCP \\
    lb_kind $KIND \\
    $N=1 \\
    $RS \\
    $N=2 \\
    $RS \\
    @^director1 lb_algo rr \\
    @director1 lb_algo sh \\
    ~SEQ(X, 30, 2, 34) real_server 10.0.1.\${X} 80 { weight $X } \\
}
$V=1
$VS
$V=2
$PORT=81
$VS
$OTHER= \\
virtual_server 192.0.3.\${W} 9\${Q} { \\
    protocol TCP \\
    real_server 10.0.0.\${Q} 80 { \\
    } \\
}
~LST({W, Q}, {5,1}, {6,2}) $OTHER
virtual_server fd00:5::1 80 {
    protocol TCP
    ~SEQx(Y, 8, 11) real_server fd00::\${Y} 80 { weight 2 }
}
`,
  "every way to write a block": `virtual_server 192.0.2.1 80
{
    protocol TCP
    real_server "10.0.0.1" 80 { weight 2 }
    real_server 10.0.0.2 80{
        weight 4#x
    }
    real_server 10.0.0.3 80 {weight 5
    }
    real_server 10.0.0.4 80   
    {
        TCP_CHECK { } 
        weight	6 ! six
    } real_server 10.0.0.5 080 { weight 7 }
    real_server 10.0.0.6 80 {}
    real_server 10.0.0.7 80 { 
        weight 8 }
}\r
virtual_server 192.0.2.2 80 {\r
    protocol TCP\r
    real_server 10.0.0.1 80 {\r
        weight 3\r
    }\r
}\r
`,
};

/** The files that the one above includes, by their paths below its folder. */
export const INCLUDED: Readonly<Record<string, string>> = {
  "defaults.inc": "$PORT=8080\n",
  "conf.d/2.conf": "virtual_server 192.0.3.2 80 {\n  protocol TCP\n  include ../servers.inc\n}\n",
  "conf.d/10.conf": "virtual_server 192.0.3.10 80 {\n  protocol TCP\n  real_server 10.0.0.7 80 {\n  }\n}\n",
  "conf.d/.hidden.conf": "nothing {\n",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: keepalived's own
  "more.inc": 'virtual_server 192.0.3.3 $PORT {\n  real_server 10.0.0.7 80 {\n    notify_up "${_PWD}/x"\n  }\n}\n',
  "most.inc": "virtual_server 192.0.3.4 80 {\n  real_server 10.0.0.7 80 {\n  }\n}",
  "servers.inc": "real_server 10.0.0.2 80 {\n}\nreal_server 10.0.0.1 80 {\n  weight 2\n}\n",
};
